#include <bips/bips.hpp>
#include <cstring>
#include <iostream>

int main() {
    bips::producer producer("hello-cpp", bips::producer_options(1024));
    bips::consumer consumer("hello-cpp");
    auto lease = producer.pull();
    std::strcpy(reinterpret_cast<char*>(lease.data()), "hello from C++");
    lease.push(14);
    const auto frame = consumer.pull();
    std::cout.write(reinterpret_cast<const char*>(frame.data()), 14) << "\n";
}
