// What clang-tidy looks at: the header, with every template that has a parameter list of its own put to use.
#include <bips/bips.hpp>

namespace {

void use_everything() {
    auto producer = bips::producer::create("name",
        bips::producer_options(1).evict_stalled_after(std::chrono::seconds(1)));
    auto consumer = bips::consumer::open("name", bips::consumer_options().wait_for_pool(bips::forever));
    auto lease = producer.value().try_pull(std::chrono::seconds(1));
    (void)lease.value().try_push(1);
    for (const bips::frame& frame : consumer.value()) {
        (void)frame.size();
    }
}

}  // namespace

int main() {
    try {
        use_everything();
    } catch (const bips::error&) {
        return 1;
    }

    return 0;
}
