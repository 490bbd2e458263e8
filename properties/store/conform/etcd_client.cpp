// The only file that knows cpp-httplib.
#include "properties/store/conform/etcd_client.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <httplib.h>

namespace plimsoll::properties::store {
namespace {

constexpr std::chrono::seconds call_time_max{20};
/// How long a silent stream stays open; no sequence takes as long.
constexpr std::chrono::hours watch_time_max{1};

class HttpWatchStream : public WatchStream {
 public:
  HttpWatchStream(const std::string& endpoint, std::string messages)
      : client_(endpoint), reader_([this, body = std::move(messages)] { read(body); }) {}
  ~HttpWatchStream() override {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    client_.stop();
    reader_.join();
  }

  std::vector<std::string> take(std::chrono::milliseconds time) override {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, time, [this] { return !messages_.empty() || has_ended_; });
    return std::exchange(messages_, {});
  }

 private:
  void read(const std::string& body) {
    client_.set_read_timeout(watch_time_max);
    httplib::Request request;
    request.method = "POST";
    request.path = "/v3/watch";
    request.body = body;
    request.set_header("Content-Type", "application/json");
    request.content_receiver = [this](const char* data, std::size_t size, std::uint64_t /*offset*/,
                                      std::uint64_t /*total*/) { return receive({data, size}); };
    (void)client_.send(request);
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
    arrived_.notify_one();
  }
  /// Messages end with a line feed.
  bool receive(std::string_view data) {
    const std::lock_guard lock(mutex_);
    for (const char c : data) {
      if (c == '\n') {
        messages_.push_back(std::exchange(unfinished_, {}));
      } else {
        unfinished_.push_back(c);
      }
    }
    arrived_.notify_one();
    return !is_closing_;
  }

  std::mutex mutex_ = {};
  std::condition_variable arrived_ = {};
  std::vector<std::string> messages_ = {};
  std::string unfinished_ = {};
  bool is_closing_ = false;
  bool has_ended_ = false;
  httplib::Client client_;
  std::thread reader_;  // last: it uses the others
};

class HttpEtcdClient : public EtcdClient {
 public:
  explicit HttpEtcdClient(const std::string& endpoint) : endpoint_(endpoint), client_(endpoint) {
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_read_timeout(call_time_max);
  }
  tl::expected<GatewayAnswer, std::string> call(const GatewayCall& request) override {
    if (!client_.is_valid()) {
      return tl::unexpected(endpoint_ + ": expected an endpoint such as http://127.0.0.1:2379");
    }
    GatewayAnswer answer{0, ""};
    bool has_trailer = false;
    httplib::Request post;
    post.method = "POST";
    post.path = request.path;
    post.body = request.json;
    post.set_header("Content-Type", "application/json");
    post.response_handler = [&](const httplib::Response& response) {
      answer.status = response.status;
      has_trailer = response.has_header("Trailer");
      return true;
    };
    post.content_receiver = [&](const char* data, std::size_t size, std::uint64_t /*offset*/,
                                std::uint64_t /*total*/) {
      answer.json.append(data, size);
      return true;
    };
    const httplib::Result result = client_.send(post);
    // The gateway's errors end with a trailer, which cpp-httplib up to 0.11 takes for a failure; all has been
    // read by then.
    const bool is_complete = result || (has_trailer && result.error() == httplib::Error::Read);
    if (!is_complete) {
      return tl::unexpected(endpoint_ + request.path + ": " + httplib::to_string(result.error()));
    }
    return answer;
  }
  std::unique_ptr<WatchStream> watch(const std::string& messages) override {
    return std::make_unique<HttpWatchStream>(endpoint_, messages);
  }
  void wait(std::chrono::milliseconds time) override {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    never.wait_for(lock, time, [] { return false; });
  }

 private:
  std::string endpoint_;
  httplib::Client client_;
};

}  // namespace

std::unique_ptr<EtcdClient> make_etcd_client(const std::string& endpoint) {
  return std::make_unique<HttpEtcdClient>(endpoint);
}

}  // namespace plimsoll::properties::store
