// The other process in tests, in C++. Its command line and what it puts into frames are those of Bips.Tests.Peer.
#include <bips/bips.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <thread>

namespace {

constexpr std::size_t metadata_size = 16;

std::uint32_t crc32(std::uint32_t crc, const std::byte* bytes, std::size_t length) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t i = 0; i < made.size(); i++) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
            }

            made[i] = value;
        }

        return made;
    }();
    crc = ~crc;
    for (std::size_t j = 0; j < length; j++) {
        crc = table[(crc ^ std::to_integer<std::uint32_t>(bytes[j])) & 0xFFU] ^ (crc >> 8U);
    }

    return ~crc;
}

std::size_t fill(bips::write_lease& lease, std::uint64_t sequence) {
    const std::size_t length = 1 + 97 * sequence % lease.capacity();
    for (std::size_t j = 0; j < length; j++) {
        lease.data()[j] = static_cast<std::byte>(131 * sequence + 17 * j + (j >> 8U));
    }

    const std::uint64_t crc = crc32(0, lease.data(), length);
    std::memcpy(lease.metadata(), &sequence, sizeof sequence);
    std::memcpy(lease.metadata() + sizeof sequence, &crc, sizeof crc);
    return length;
}

bool matches(const bips::frame& frame) {
    std::uint64_t sequence = 0;
    std::uint64_t crc = 0;
    std::memcpy(&sequence, frame.metadata(), sizeof sequence);
    std::memcpy(&crc, frame.metadata() + sizeof sequence, sizeof crc);
    return sequence == frame.sequence() && crc == crc32(0, frame.data(), frame.size());
}

using options = std::map<std::string, std::string>;

std::uint32_t number(const options& given, const std::string& name, std::uint32_t otherwise) {
    const auto found = given.find(name);
    return found == given.end() ? otherwise : static_cast<std::uint32_t>(std::stoul(found->second));
}

void wait_for_end() {
    while (std::cin.get() != EOF) {
    }
}

void produce(const std::string& name, const options& given) {
    bips::producer_options pool(number(given, "--size", 4096));
    pool.buffer_count(number(given, "--buffers", 8)).metadata_size(metadata_size);
    if (given.count("--format") != 0) {
        pool.format(given.at("--format"));
    }

    bips::producer producer(name, pool);
    while (producer.consumers().size() < number(given, "--consumers", 1)) {
        std::this_thread::yield();
    }

    const std::uint32_t frames = number(given, "--frames", 100);
    std::uint32_t crc = 0;
    for (std::uint32_t i = 1; i <= frames; i++) {
        auto lease = producer.pull();
        const std::size_t length = fill(lease, i);
        crc = crc32(crc, lease.data(), length);
        lease.push(length);
    }

    const std::string facts = R"(","frames":)" + std::to_string(frames) + R"(,"crc":)" + std::to_string(crc) + "}";
    if (given.count("--pause") != 0) {
        auto half = producer.pull();
        std::memset(half.data(), 0xEE, half.capacity());
        std::cout << R"({"event":"paused)" << facts << std::endl;
        wait_for_end();
    }

    std::cout << R"({"event":"done)" << facts << std::endl;
}

bips::consumer_options policy(const std::string& text) {
    bips::consumer_options asked;
    if (text == "drop-oldest") {
        asked.policy(bips::overflow::drop_oldest);
    } else if (text.rfind("latest:", 0) == 0) {
        asked.policy(bips::overflow::latest, static_cast<std::uint32_t>(std::stoul(text.substr(7))));
    } else if (text != "block") {
        throw std::invalid_argument("'" + text + "' is not a policy");
    }

    return asked;
}

void consume(const std::string& name, const options& given) {
    auto asked = policy(given.count("--policy") != 0 ? given.at("--policy") : "block");
    bips::consumer consumer(name, asked.wait_for_pool(std::chrono::seconds(30)));
    const std::uint32_t hold = number(given, "--hold", 0);
    std::uint32_t taken = 0;
    std::uint32_t bad = 0;
    std::uint32_t crc = 0;
    std::uint64_t last = 0;
    for (const bips::frame& frame : consumer) {
        bad += matches(frame) && frame.sequence() > last ? 0 : 1;
        crc = crc32(crc, frame.data(), frame.size());
        last = frame.sequence();
        if (++taken == hold) {
            std::cout << R"({"event":"holding","sequence":)" << last << "}" << std::endl;
            wait_for_end();
        }
    }

    const auto counts = consumer.statistics();
    const char* ended = consumer.end_status() == bips::status::end_of_stream    ? "end-of-stream"
                        : consumer.end_status() == bips::status::producer_lost ? "producer-lost"
                                                                               : bips::to_string(consumer.end_status());
    std::cout << R"({"event":"done","frames":)" << counts.taken << R"(,"lost":)" << counts.lost << R"(,"last":)" << last
              << R"(,"bad":)" << bad << R"(,"crc":)" << crc << R"(,"format":")" << consumer.info().format
              << R"(","ended":")" << ended << R"("})" << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) {
        std::cerr << "usage: peer produce|consume NAME [options], as Bips.Tests.Peer\n";
        return 2;
    }

    options given;
    for (int i = 3; i < argc; i++) {
        const std::string name = argv[i];
        given[name] = name == "--pause" || i + 1 == argc ? "" : argv[++i];
    }

    if (std::strcmp(argv[1], "produce") == 0) {
        produce(argv[2], given);
    } else {
        consume(argv[2], given);
    }

    return 0;
} catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 1;
}
