// bips.hpp - pools of buffers in shared memory, for C++17 and later. Header-only, over the C ABI in bips.h.
//
//     bips::producer producer("cam", bips::producer_options(width * height * 3).format("video/x-raw,format=BGR"));
//     while (auto lease = producer.pull()) {
//         capture(lease.data(), lease.capacity());
//         lease.push();
//     }
//
//     bips::consumer consumer("cam");
//     for (bips::frame& frame : consumer) {
//         process(frame.data(), frame.size());
//     }
//
// Expected outcomes (time-out, end of stream, lost producer) are values: pull() gives a lease or frame that is empty
// and whose status() says why. Everything else is an exception, bips::error; the try_ forms do not throw and give a
// bips::result instead.
//
// Objects are movable and not copyable, and end what they stand for when they are destroyed: a write_lease that was not
// pushed gives its buffer back unpublished, a frame gives its buffer back, a producer ends the stream. A lease or frame
// may outlive the producer or consumer that it came from. Threads: see bips.h.
#ifndef BIPS_BIPS_HPP
#define BIPS_BIPS_HPP

#include <bips/bips.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#if __cplusplus >= 202002L
#include <span>
#endif

namespace bips {

/// What a call came to: an expected outcome or, negative, an error.
enum class status : bips_status {
    ok = BIPS_OK,
    timed_out = BIPS_TIMED_OUT,
    end_of_stream = BIPS_END_OF_STREAM,
    producer_lost = BIPS_PRODUCER_LOST,
    pool_replaced = BIPS_POOL_REPLACED,
    evicted = BIPS_EVICTED,
    system = BIPS_E_SYSTEM,
    pool_not_found = BIPS_E_POOL_NOT_FOUND,
    not_a_pool = BIPS_E_NOT_A_POOL,
    incompatible = BIPS_E_INCOMPATIBLE,
    corrupt = BIPS_E_CORRUPT,
    access_denied = BIPS_E_ACCESS_DENIED,
    no_space = BIPS_E_NO_SPACE,
    producer_active = BIPS_E_PRODUCER_ACTIVE,
    no_producer = BIPS_E_PRODUCER_LOST,
    too_many_consumers = BIPS_E_TOO_MANY_CONSUMERS,
    pool_too_small = BIPS_E_POOL_TOO_SMALL,
    lease_limit = BIPS_E_LEASE_LIMIT,
    lease_ended = BIPS_E_LEASE_ENDED,
    forked = BIPS_E_FORKED,
    argument = BIPS_E_ARGUMENT,
    handle = BIPS_E_HANDLE,
    struct_size = BIPS_E_STRUCT_SIZE,
    closed = BIPS_E_CLOSED,
    busy = BIPS_E_BUSY,
    foreign_lease = BIPS_E_FOREIGN_LEASE,
    unexpected = BIPS_E_UNEXPECTED,
};

/// The name of a status, such as "BIPS_TIMED_OUT".
[[nodiscard]] inline const char* to_string(status value) noexcept {
    return bips_status_string(static_cast<bips_status>(value));
}

/// A failure that is nobody's expected outcome; what() says what was asked, what was found and what to do.
class error : public std::runtime_error {
public:
    error(status code, const std::string& text) : std::runtime_error(text), code_(code) {}

    [[nodiscard]] status code() const noexcept { return code_; }

private:
    status code_;
};

/// Time-out that never comes.
inline constexpr std::chrono::nanoseconds forever{BIPS_FOREVER};

/// What happens to a consumer that is slower than its producer.
enum class overflow : std::uint32_t { block = BIPS_BLOCK, drop_oldest = BIPS_DROP_OLDEST, latest = BIPS_LATEST };

/// How a pull waits.
enum class wait_mode : std::uint32_t { balanced = BIPS_WAIT_BALANCED, spin = BIPS_WAIT_SPIN, sleep = BIPS_WAIT_SLEEP };

/// A value, or the error that there was instead of it.
template <typename T>
class result {
public:
    result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
    // NOLINTNEXTLINE(google-explicit-constructor)
    result(error failure) : content_(std::in_place_index<1>, std::move(failure)) {}

    [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// The value; throws the error when there is none.
    [[nodiscard]] T& value() & {
        throw_without_value();
        return *std::get_if<0>(&content_);
    }

    [[nodiscard]] T&& value() && {
        throw_without_value();
        return std::move(*std::get_if<0>(&content_));
    }

    /// The error; std::bad_variant_access when there is none.
    [[nodiscard]] const bips::error& failure() const { return std::get<1>(content_); }

private:
    void throw_without_value() const {
        if (const auto* failure = std::get_if<1>(&content_)) {
            throw *failure;
        }
    }

    std::variant<T, bips::error> content_;
};

namespace detail {

    [[nodiscard]] inline error last_error(bips_status code) { return {static_cast<status>(code), bips_last_error()}; }

    inline void check(bips_status code) {
        if (code < 0) {
            throw last_error(code);
        }
    }

    /// Whole nanoseconds, never fewer than asked for; what is too long for them is for ever.
    template <typename Rep, typename Period>
    [[nodiscard]] constexpr std::int64_t timeout(std::chrono::duration<Rep, Period> wait) noexcept {
        using seconds = std::chrono::duration<long double>;
        constexpr auto longest = static_cast<long double>(std::numeric_limits<std::int64_t>::max()) / 1e9L;
        if (wait < wait.zero() || std::chrono::duration_cast<seconds>(wait).count() >= longest) {
            return BIPS_FOREVER;
        }

        return std::chrono::ceil<std::chrono::nanoseconds>(wait).count();
    }

}  // namespace detail

/// What a pool is.
struct pool_info {
    std::string name;
    std::string format;
    std::array<std::uint8_t, 16> id;
    std::uint64_t buffer_size;
    std::uint32_t buffer_count;
    std::uint32_t metadata_size;
    std::uint32_t history;
    std::uint32_t write_leases;
    std::uint32_t maximum_consumers;
};

/// What a producer asks of its pool; everything but the size of a buffer has a default.
class producer_options {
public:
    explicit producer_options(std::uint64_t buffer_size) noexcept
        : options_(bips_producer_options_default(buffer_size)) {}

    producer_options& buffer_count(std::uint32_t value) noexcept { return set(options_.buffer_count, value); }
    producer_options& history(std::uint32_t value) noexcept { return set(options_.history, value); }
    producer_options& maximum_consumers(std::uint32_t value) noexcept { return set(options_.maximum_consumers, value); }
    producer_options& write_leases(std::uint32_t value) noexcept { return set(options_.write_leases, value); }
    producer_options& metadata_size(std::uint32_t value) noexcept { return set(options_.metadata_size, value); }
    producer_options& wait(wait_mode value) noexcept { return set(options_.wait_mode,
        static_cast<std::uint32_t>(value)); }
    producer_options& mode(std::uint32_t value) noexcept { return set(options_.mode, value); }
    producer_options& owner(std::int64_t value) noexcept { return set(options_.owner, value); }
    producer_options& group(std::int64_t value) noexcept { return set(options_.group, value); }
    producer_options& huge_pages(bool value = true) noexcept { return set(options_.huge_pages, value ? 1U : 0U); }
    producer_options& lock_memory(bool value = true) noexcept { return set(options_.lock_memory, value ? 1U : 0U); }

    template <typename Rep, typename Period>
    producer_options& evict_stalled_after(std::chrono::duration<Rep, Period> value) noexcept {
        return set(options_.evict_stalled_after, detail::timeout(value));
    }

    producer_options& format(std::string value) {
        format_ = std::move(value);
        return *this;
    }

    producer_options& directory(std::string value) {
        directory_ = std::move(value);
        return *this;
    }

    /// For the C ABI; valid as long as this object.
    [[nodiscard]] bips_producer_options native() const noexcept {
        bips_producer_options options = options_;
        options.format = format_ ? format_->c_str() : nullptr;
        options.directory = directory_ ? directory_->c_str() : nullptr;
        return options;
    }

private:
    template <typename T>
    producer_options& set(T& field, T value) noexcept {
        field = value;
        return *this;
    }

    bips_producer_options options_;
    std::optional<std::string> format_;
    std::optional<std::string> directory_;
};

/// What a consumer asks for; everything has a default.
class consumer_options {
public:
    consumer_options() noexcept : options_(bips_consumer_options_default()) {}

    /// depth: for overflow::latest, from how many of the newest frames a pull takes the oldest.
    consumer_options& policy(overflow value, std::uint32_t depth = 1) noexcept {
        options_.depth = depth;
        return set(options_.overflow, static_cast<std::uint32_t>(value));
    }

    consumer_options& maximum_held(std::uint32_t value) noexcept { return set(options_.maximum_held, value); }
    consumer_options& history(std::int64_t value) noexcept { return set(options_.history, value); }
    consumer_options& wait(wait_mode value) noexcept { return set(options_.wait_mode,
        static_cast<std::uint32_t>(value)); }
    consumer_options& prefault(bool value) noexcept { return set(options_.skip_prefault, value ? 0U : 1U); }

    template <typename Rep, typename Period>
    consumer_options& wait_for_pool(std::chrono::duration<Rep, Period> value) noexcept {
        return set(options_.wait_for_pool, detail::timeout(value));
    }

    template <typename Rep, typename Period>
    consumer_options& producer_grace(std::chrono::duration<Rep, Period> value) noexcept {
        return set(options_.producer_grace, detail::timeout(value));
    }

    consumer_options& directory(std::string value) {
        directory_ = std::move(value);
        return *this;
    }

    /// For the C ABI; valid as long as this object.
    [[nodiscard]] bips_consumer_options native() const noexcept {
        bips_consumer_options options = options_;
        options.directory = directory_ ? directory_->c_str() : nullptr;
        return options;
    }

private:
    template <typename T>
    consumer_options& set(T& field, T value) noexcept {
        field = value;
        return *this;
    }

    bips_consumer_options options_;
    std::optional<std::string> directory_;
};

namespace detail {

    /// Owns a lease until it has ended. End is the function that ends it when nobody did.
    template <typename Handle, typename Lease, bips_status (*End)(Handle*, Lease*)>
    class owned_lease {
    public:
        owned_lease(const owned_lease&) = delete;
        owned_lease& operator=(const owned_lease&) = delete;

        owned_lease(owned_lease&& other) noexcept : handle_(other.handle_), lease_(other.lease_),
            status_(other.status_) {
            other.forget();
        }

        owned_lease& operator=(owned_lease&& other) noexcept {
            if (this != &other) {
                release();
                handle_ = other.handle_;
                lease_ = other.lease_;
                status_ = other.status_;
                other.forget();
            }

            return *this;
        }

        ~owned_lease() { release(); }

        /// Whether this stands for a buffer: it was pulled, and neither ended nor moved from.
        [[nodiscard]] explicit operator bool() const noexcept { return lease_.data != nullptr; }

        /// How the pull ended.
        [[nodiscard]] bips::status status() const noexcept { return status_; }

        [[nodiscard]] std::size_t capacity() const noexcept { return static_cast<std::size_t>(lease_.capacity); }
        [[nodiscard]] std::uint64_t sequence() const noexcept { return lease_.sequence; }
        [[nodiscard]] std::uint32_t buffer_index() const noexcept { return lease_.buffer_index; }
        [[nodiscard]] std::size_t metadata_size() const noexcept { return lease_.metadata_size; }

        /// Ends the lease; nothing happens if it has ended.
        void release() noexcept {
            if (lease_.data != nullptr) {
                End(handle_, &lease_);
                forget();
            }
        }

    protected:
        owned_lease(Handle* handle, const Lease& lease, bips::status status) noexcept
            : handle_(handle), lease_(lease), status_(status) {}

        void forget() noexcept { lease_.data = nullptr; }

        [[nodiscard]] Handle* handle() const noexcept { return handle_; }
        [[nodiscard]] Lease& lease() noexcept { return lease_; }
        [[nodiscard]] const Lease& lease() const noexcept { return lease_; }

    private:
        Handle* handle_;
        Lease lease_;
        bips::status status_;
    };

    template <typename Handle, bips_status (*Close)(Handle*)>
    class owned_handle {
    public:
        owned_handle(const owned_handle&) = delete;
        owned_handle& operator=(const owned_handle&) = delete;
        owned_handle(owned_handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

        owned_handle& operator=(owned_handle&& other) noexcept {
            if (this != &other) {
                close();
                handle_ = std::exchange(other.handle_, nullptr);
            }

            return *this;
        }

        ~owned_handle() { close(); }

        /// Closes; nothing happens if that was done before. Leases stay valid until they are destroyed.
        void close() noexcept {
            if (handle_ != nullptr) {
                Close(std::exchange(handle_, nullptr));
            }
        }

        /// For calls of the C ABI; null after close.
        [[nodiscard]] Handle* native() const noexcept { return handle_; }

    protected:
        explicit owned_handle(Handle* handle) noexcept : handle_(handle) {}

        template <bips_status (*Info)(Handle*, bips_pool_info*)>
        [[nodiscard]] pool_info read_info() const {
            bips_pool_info info{};
            info.size = sizeof info;
            check(Info(handle_, &info));
            pool_info copy{info.name,         info.format,          {},           info.buffer_size,
                     info.buffer_count,
                           info.metadata_size, info.history, info.write_leases, info.maximum_consumers};
            std::copy(std::begin(info.id), std::end(info.id), copy.id.begin());
            return copy;
        }

    private:
        Handle* handle_;
    };

}  // namespace detail

/// The right to fill one buffer. Empty when no buffer was free in time.
class write_lease : public detail::owned_lease<bips_producer, bips_write_lease, bips_producer_release> {
public:
    /// The buffer; what it contains at first is undefined.
    [[nodiscard]] std::byte* data() noexcept { return static_cast<std::byte*>(lease().data); }

    /// User metadata of the frame, all zero at first.
    [[nodiscard]] std::byte* metadata() noexcept { return static_cast<std::byte*>(lease().metadata); }

#if __cplusplus >= 202002L
    [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data(), capacity()}; }
#endif

    /// Anything; consumers get it with the frame.
    write_lease& flags(std::uint32_t value) noexcept {
        lease().flags = value;
        return *this;
    }

    /// Nanoseconds on CLOCK_MONOTONIC, such as the time of capture, in place of the instant of the push.
    write_lease& timestamp(std::chrono::nanoseconds value) noexcept {
        lease().timestamp = value.count();
        return *this;
    }

    /// Publishes the whole buffer as the next frame.
    std::uint64_t push() { return push(capacity()); }

    /// Publishes the first bytes of the buffer as the next frame and ends the lease.
    /// Returns the frame's sequence. After an error the lease is as it was.
    std::uint64_t push(std::size_t length) {
        lease().length = length;
        detail::check(bips_producer_push(handle(), &lease()));
        return sequence();
    }

    /// push that does not throw.
    [[nodiscard]] result<std::uint64_t> try_push(std::size_t length) {
        lease().length = length;
        const bips_status code = bips_producer_push(handle(), &lease());
        if (code < 0) {
            return detail::last_error(code);
        }

        return sequence();
    }

private:
    friend class producer;
    using owned_lease::owned_lease;
};

/// One frame, readable in place until this object is destroyed. Empty when none came; status() says why.
class frame : public detail::owned_lease<bips_consumer, bips_read_lease, bips_consumer_push> {
public:
    [[nodiscard]] const std::byte* data() const noexcept { return static_cast<const std::byte*>(lease().data); }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(lease().length); }
    [[nodiscard]] const std::byte* metadata() const noexcept { return static_cast<const std::byte*>(lease().metadata); }
    [[nodiscard]] std::uint32_t flags() const noexcept { return lease().flags; }

    [[nodiscard]] std::chrono::nanoseconds timestamp() const noexcept {
        return std::chrono::nanoseconds(lease().timestamp); }

#if __cplusplus >= 202002L
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data(), size()}; }
#endif

    /// Gives the frame back at once; the same as its destruction, but says what went wrong.
    void push() { detail::check(bips_consumer_push(handle(), &lease())); }

private:
    friend class consumer;
    using owned_lease::owned_lease;
};

/// Fills the buffers of a pool in place.
class producer : public detail::owned_handle<bips_producer, bips_producer_close> {
public:
    /// Creates a pool, or takes over one of the same name and geometry whose producer has died.
    producer(const std::string& name, const producer_options& options) : producer(create(name, options).value()) {}

    /// The constructor, but without exceptions.
    [[nodiscard]] static result<producer> create(const std::string& name, const producer_options& options) {
        const bips_producer_options native = options.native();
        bips_producer* handle = nullptr;
        const bips_status code = bips_producer_create(name.c_str(), &native, &handle);
        if (code < 0) {
            return detail::last_error(code);
        }

        return producer(handle);
    }

    /// Takes a free buffer, waiting for one as long as it takes.
    [[nodiscard]] write_lease pull() { return pull(forever); }

    /// Takes a free buffer if there is one within the time; else the lease is empty.
    template <typename Rep, typename Period>
    [[nodiscard]] write_lease pull(std::chrono::duration<Rep, Period> wait) {
        bips_write_lease lease{};
        const bips_status code = bips_producer_pull(native(), detail::timeout(wait), &lease);
        detail::check(code);
        return {native(), lease, static_cast<status>(code)};
    }

    /// pull that does not throw.
    template <typename Rep, typename Period>
    [[nodiscard]] result<write_lease> try_pull(std::chrono::duration<Rep, Period> wait) {
        bips_write_lease lease{};
        const bips_status code = bips_producer_pull(native(), detail::timeout(wait), &lease);
        if (code < 0) {
            return detail::last_error(code);
        }

        return write_lease(native(), lease, static_cast<status>(code));
    }

    [[nodiscard]] pool_info info() const { return read_info<bips_producer_info>(); }

    [[nodiscard]] bips_producer_statistics statistics() const {
        bips_producer_statistics statistics{};
        statistics.size = sizeof statistics;
        detail::check(bips_producer_get_statistics(native(), &statistics));
        return statistics;
    }

    /// Looks at every attached consumer.
    [[nodiscard]] std::vector<bips_consumer_status> consumers() const {
        std::vector<bips_consumer_status> consumers(info().maximum_consumers);
        consumers.front().size = sizeof(bips_consumer_status);
        std::uint32_t count = 0;
        detail::check(bips_producer_consumers(native(), consumers.data(),
            static_cast<std::uint32_t>(consumers.size()), &count));
        consumers.resize(count);
        return consumers;
    }

private:
    explicit producer(bips_producer* handle) noexcept : owned_handle(handle) {}
};

/// Reads the frames of a pool in place.
class consumer : public detail::owned_handle<bips_consumer, bips_consumer_close> {
public:
    /// Attaches to a pool.
    explicit consumer(const std::string& name, const consumer_options& options = {}) : consumer(open(name,
        options).value()) {}

    /// The constructor, but without exceptions.
    [[nodiscard]] static result<consumer> open(const std::string& name, const consumer_options& options = {}) {
        const bips_consumer_options native = options.native();
        bips_consumer* handle = nullptr;
        const bips_status code = bips_consumer_open(name.c_str(), &native, &handle);
        if (code < 0) {
            return detail::last_error(code);
        }

        return consumer(handle);
    }

    /// Takes the next frame, waiting for one as long as it takes.
    [[nodiscard]] frame pull() { return pull(forever); }

    /// Takes the next frame if there is one within the time; else the frame is empty and its status says why.
    template <typename Rep, typename Period>
    [[nodiscard]] frame pull(std::chrono::duration<Rep, Period> wait) {
        bips_read_lease lease{};
        const bips_status code = bips_consumer_pull(native(), detail::timeout(wait), &lease);
        detail::check(code);
        return {native(), lease, static_cast<status>(code)};
    }

    /// pull that does not throw.
    template <typename Rep, typename Period>
    [[nodiscard]] result<frame> try_pull(std::chrono::duration<Rep, Period> wait) {
        bips_read_lease lease{};
        const bips_status code = bips_consumer_pull(native(), detail::timeout(wait), &lease);
        if (code < 0) {
            return detail::last_error(code);
        }

        return frame(native(), lease, static_cast<status>(code));
    }

    /// A descriptor that an event loop may wait on; see bips_consumer_fd().
    [[nodiscard]] int descriptor() {
        int found = -1;
        detail::check(bips_consumer_fd(native(), &found));
        return found;
    }

    [[nodiscard]] pool_info info() const { return read_info<bips_consumer_info>(); }

    [[nodiscard]] bips_consumer_statistics statistics() const {
        bips_consumer_statistics statistics{};
        statistics.size = sizeof statistics;
        detail::check(bips_consumer_get_statistics(native(), &statistics));
        return statistics;
    }

    /// The frames of the stream, each given back before the next is pulled. Ends when a pull hands out none, which is
    /// the end of the stream or what end_status() says.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = frame;
        using difference_type = std::ptrdiff_t;
        using pointer = frame*;
        using reference = frame&;

        iterator() = default;

        [[nodiscard]] frame& operator*() noexcept { return *frame_; }
        [[nodiscard]] frame* operator->() noexcept { return &*frame_; }

        iterator& operator++() {
            frame_.reset();
            next();
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& left, const iterator& right) noexcept {
            return left.owner_ == right.owner_; }
        friend bool operator!=(const iterator& left, const iterator& right) noexcept {
            return left.owner_ != right.owner_; }

    private:
        friend class consumer;
        explicit iterator(consumer* owner) : owner_(owner) { next(); }

        void next() {
            frame_.emplace(owner_->pull());
            if (!*frame_) {
                owner_->end_status_ = frame_->status();
                frame_.reset();
                owner_ = nullptr;
            }
        }

        consumer* owner_ = nullptr;
        std::optional<frame> frame_;
    };

    [[nodiscard]] iterator begin() { return iterator(this); }
    [[nodiscard]] static iterator end() noexcept { return {}; }

    /// Why the last loop over the frames ended; ok when none has.
    [[nodiscard]] status end_status() const noexcept { return end_status_; }

private:
    explicit consumer(bips_consumer* handle) noexcept : owned_handle(handle) {}

    status end_status_ = status::ok;
};

}  // namespace bips

#endif
