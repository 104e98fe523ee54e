#ifndef LIB_BASE_TASK_THREADS_H_
#define LIB_BASE_TASK_THREADS_H_

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace rules_dockerfile {

// Threads that run tasks in the order in which they come.
template <typename Result>
class TaskThreads {
 public:
  // With no threads, or if none can be started, Add() runs the tasks.
  explicit TaskThreads(int count) {
    try {
      while (count-- > 0) threads_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {
      // Fewer are enough.
    }
  }
  TaskThreads(const TaskThreads&) = delete;
  TaskThreads& operator=(const TaskThreads&) = delete;

  // Waits for the tasks that have begun, and drops the others.
  ~TaskThreads() {
    {
      const std::lock_guard lock(mutex_);
      has_ended_ = true;
      tasks_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  // The future has the result of `function`, or what it threw.
  template <typename Function>
  std::future<Result> Add(Function function) {
    std::packaged_task<Result()> task(std::move(function));
    std::future<Result> result = task.get_future();
    if (threads_.empty()) {
      task();
      return result;
    }
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    return result;
  }

 private:
  void Work() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return has_ended_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      std::packaged_task<Result()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<Result()>> tasks_;
  bool has_ended_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rules_dockerfile

#endif  // LIB_BASE_TASK_THREADS_H_
