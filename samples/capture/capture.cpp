// Publishes the frames of a Y4M file (from a pipe: "ffmpeg -i video.mp4 -f yuv4mpegpipe - | capture cam -") to a pool.
//
//     capture NAME FILE
//
// Only 4:2:0 is read. Waits for one consumer, so that the first frame is seen, and goes at the consumer's pace.
#include <bips/bips.hpp>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

struct video {
    int width = 0;
    int height = 0;
    std::string rate = "0/1";

    [[nodiscard]] std::size_t frame_size() const { return static_cast<std::size_t>(width) * height * 3 / 2; }

    [[nodiscard]] std::string format() const {
        return "video/x-raw,format=I420,width=" + std::to_string(width) + ",height=" + std::to_string(height) +
               ",framerate=" + rate;
    }
};

video read_header(std::istream& file) {
    std::string line;
    std::string word;
    std::getline(file, line);
    std::istringstream words(line);
    video found;
    words >> word;
    if (word != "YUV4MPEG2") {
        throw std::runtime_error("this is no Y4M file");
    }

    while (words >> word) {
        switch (word.front()) {
            case 'W': found.width = std::stoi(word.substr(1)); break;
            case 'H': found.height = std::stoi(word.substr(1)); break;
            case 'F': found.rate = word.substr(1).replace(word.find(':') - 1, 1, "/"); break;
            case 'C':
                if (word.rfind("C420", 0) != 0) {
                    throw std::runtime_error(word + " is not 4:2:0");
                }
                break;
            default: break;
        }
    }

    return found;
}

bool read_frame(std::istream& file, bips::write_lease& lease, std::size_t size) {
    std::string line;
    if (!std::getline(file, line) || line.rfind("FRAME", 0) != 0) {
        return false;
    }

    file.read(reinterpret_cast<char*>(lease.data()), static_cast<std::streamsize>(size));
    return file.gcount() == static_cast<std::streamsize>(size);
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: capture NAME FILE\n";
        return 2;
    }

    std::ifstream opened;
    if (std::string(argv[2]) != "-") {
        opened.open(argv[2], std::ios::binary);
    }

    std::istream& file = opened.is_open() ? opened : std::cin;
    const video source = read_header(file);
    bips::producer producer(argv[1], bips::producer_options(source.frame_size()).format(source.format()));
    while (producer.consumers().empty()) {
        std::this_thread::yield();
    }

    while (true) {
        auto lease = producer.pull();
        if (!read_frame(file, lease, source.frame_size())) {
            return 0;
        }

        lease.push();
    }
} catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 1;
}
