// The C++ header: what its objects do when they are moved, destroyed, looped over, and when something goes wrong.
#include <bips/bips.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

class Header : public testing::Test {
protected:
    std::string name_ = "cpp-test-" + std::to_string(getpid());

    static void push(bips::producer& producer, char byte, std::size_t length = 16) {
        auto lease = producer.pull();
        std::memset(lease.data(), byte, length);
        lease.push(length);
    }
};

TEST_F(Header, Frame_arrives_with_all_that_belongs_to_it) {
    bips::producer producer(name_, bips::producer_options(4096).metadata_size(8).format("audio/x-raw"));
    bips::consumer consumer(name_);
    auto lease = producer.pull();
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease.capacity(), 4096U);
    std::memset(lease.data(), 'a', 10);
    std::memcpy(lease.metadata(), "metadata", 8);
    EXPECT_EQ(lease.flags(5).timestamp(77ns).push(10), 1U);
    EXPECT_FALSE(lease);

    auto frame = consumer.pull();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame.size(), 10U);
    EXPECT_EQ(std::memcmp(frame.data(), "aaaaaaaaaa", 10), 0);
    EXPECT_EQ(std::memcmp(frame.metadata(), "metadata", frame.metadata_size()), 0);
    EXPECT_EQ(frame.flags(), 5U);
    EXPECT_EQ(frame.timestamp(), 77ns);
    EXPECT_EQ(frame.sequence(), 1U);
    EXPECT_EQ(consumer.info().format, "audio/x-raw");
    EXPECT_EQ(consumer.info().id, producer.info().id);
}

TEST_F(Header, Loop_gives_every_frame_back_and_ends_with_the_stream) {
    bips::consumer_options options;
    options.wait_for_pool(10s);
    std::thread writer([this] {
        bips::producer producer(name_, bips::producer_options(64).buffer_count(4).history(2));
        while (producer.consumers().empty()) {
            std::this_thread::yield();
        }

        for (char i = 0; i < 100; i++) {
            push(producer, i);
        }
    });
    bips::consumer consumer(name_, options);
    int expected = 0;
    for (bips::frame& frame : consumer) {
        EXPECT_EQ(static_cast<int>(*frame.data()), expected);
        expected++;
    }

    writer.join();
    EXPECT_EQ(expected, 100);
    EXPECT_EQ(consumer.end_status(), bips::status::end_of_stream);
}

TEST_F(Header, Empty_pull_says_why) {
    bips::producer producer(name_, bips::producer_options(64).buffer_count(3).history(1));
    bips::consumer consumer(name_);
    EXPECT_EQ(consumer.pull(0s).status(), bips::status::timed_out);
    EXPECT_EQ(consumer.pull(1us).status(), bips::status::timed_out);
    push(producer, 1);
    push(producer, 2);
    push(producer, 3);
    EXPECT_EQ(producer.pull(0s).status(), bips::status::timed_out);
    producer.close();
    EXPECT_EQ(consumer.pull(1h).sequence(), 1U);
    EXPECT_EQ(consumer.pull(1h).sequence(), 2U);
    EXPECT_EQ(consumer.pull(1h).sequence(), 3U);
    EXPECT_EQ(consumer.pull(1h).status(), bips::status::end_of_stream);
}

TEST_F(Header, Unpushed_lease_gives_its_buffer_back) {
    bips::producer producer(name_, bips::producer_options(64));
    bips::consumer consumer(name_);
    for (int i = 0; i < 100; i++) {
        auto lease = producer.pull(0s);
        ASSERT_TRUE(lease);
    }

    EXPECT_FALSE(consumer.pull(0s));
}

TEST_F(Header, Moved_lease_ends_once_and_where_it_went) {
    bips::producer producer(name_, bips::producer_options(64));
    bips::consumer consumer(name_, bips::consumer_options().maximum_held(2));
    push(producer, 'm');
    push(producer, 'n');
    auto first = consumer.pull();
    std::vector<bips::frame> kept;
    kept.push_back(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): a moved lease is empty, and this says so
    kept.push_back(consumer.pull());
    EXPECT_THROW((void)consumer.pull(0s), bips::error);
    kept.front() = std::move(kept.back());
    EXPECT_EQ(static_cast<char>(*kept.front().data()), 'n');
    EXPECT_EQ(producer.consumers().front().held, 1U);
    kept.clear();
    EXPECT_EQ(producer.consumers().front().held, 0U);
}

TEST_F(Header, Frame_outlives_consumer_and_producer) {
    auto producer = bips::producer::create(name_, bips::producer_options(64)).value();
    auto consumer = bips::consumer::open(name_).value();
    push(producer, 'z');
    auto frame = consumer.pull();
    consumer.close();
    producer.close();
    EXPECT_EQ(static_cast<char>(*frame.data()), 'z');
    frame.push();
    EXPECT_THROW(frame.push(), bips::error);
}

TEST_F(Header, Errors_are_exceptions_or_results_by_choice) {
    try {
        bips::consumer consumer(name_);
        FAIL() << "there is no such pool";
    } catch (const bips::error& e) {
        EXPECT_EQ(e.code(), bips::status::pool_not_found);
        EXPECT_NE(std::string(e.what()).find(name_), std::string::npos);
    }

    auto missing = bips::consumer::open(name_);
    EXPECT_FALSE(missing);
    EXPECT_EQ(missing.failure().code(), bips::status::pool_not_found);
    EXPECT_THROW((void)missing.value(), bips::error);

    bips::producer producer(name_, bips::producer_options(64));
    auto lease = producer.try_pull(0s).value();
    EXPECT_EQ(lease.try_push(65).failure().code(), bips::status::argument);
    EXPECT_EQ(lease.try_push(64).value(), 1U);
    bips::consumer consumer(name_);
    auto frame = consumer.try_pull(0s).value();
    EXPECT_EQ(consumer.try_pull(0s).failure().code(), bips::status::lease_limit);
    EXPECT_STREQ(bips::to_string(bips::status::lease_limit), "BIPS_E_LEASE_LIMIT");
}

TEST_F(Header, Lossy_consumer_counts_what_it_lost) {
    bips::producer producer(name_, bips::producer_options(64));
    bips::consumer newest(name_, bips::consumer_options().policy(bips::overflow::latest, 2));
    for (char i = 0; i < 10; i++) {
        push(producer, i);
    }

    EXPECT_EQ(newest.pull().sequence(), 9U);
    EXPECT_EQ(newest.statistics().lost, 8U);
    EXPECT_EQ(producer.statistics().published, 10U);
}

TEST_F(Header, Time_outs_of_any_unit_are_neither_cut_short_nor_overflow) {
    EXPECT_EQ(bips::detail::timeout(0s), 0);
    EXPECT_EQ(bips::detail::timeout(1500us), 1500000);
    EXPECT_EQ(bips::detail::timeout(std::chrono::duration<double, std::nano>(0.5)), 1);
    EXPECT_EQ(bips::detail::timeout(bips::forever), BIPS_FOREVER);
    EXPECT_EQ(bips::detail::timeout(std::chrono::hours::max()), BIPS_FOREVER);
    EXPECT_EQ(bips::detail::timeout(std::chrono::duration<double>(1e30)), BIPS_FOREVER);
}

TEST_F(Header, Pull_waits_for_the_frame_that_comes_later) {
    bips::producer producer(name_, bips::producer_options(64));
    bips::consumer consumer(name_);
    std::thread writer([&producer] { push(producer, 'w'); });
    EXPECT_TRUE(consumer.pull());
    writer.join();
}

#if __cplusplus >= 202002L
TEST_F(Header, Spans_cover_buffer_and_payload) {
    bips::producer producer(name_, bips::producer_options(64));
    bips::consumer consumer(name_);
    auto lease = producer.pull();
    EXPECT_EQ(lease.bytes().size(), 64U);
    lease.bytes()[2] = std::byte{3};
    lease.push(3);
    auto frame = consumer.pull();
    EXPECT_EQ(frame.bytes().size(), 3U);
    EXPECT_EQ(frame.bytes()[2], std::byte{3});
}
#endif

}  // namespace
