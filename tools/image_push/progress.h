#ifndef TOOLS_IMAGE_PUSH_PROGRESS_H_
#define TOOLS_IMAGE_PUSH_PROGRESS_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lib/registry/push.h"

namespace rules_dockerfile {

struct ProgressOptions {
  bool is_terminal = false;           // a bar that is drawn over itself
  bool dry_run = false;               // "would be sent"
  bool several_repositories = false;  // each line names its own
};

// What became of the blob: `sha256:…      12 mounted`.
std::string BlobLine(const PushedBlob& blob, const ProgressOptions& options);

// `[#####-----]  50%  1.5 of 3.0 MB`.
std::string BarText(int64_t done, int64_t size);

// Shows how far a push is: one line per blob, or on a terminal a bar; and at
// the end the sums.
class PushProgress : public PushObserver {
 public:
  // `out` must outlive the progress.
  PushProgress(const ProgressOptions& options, std::FILE* out)
      : options_(options), out_(out) {}

  void Begin(int64_t count, int64_t size) override;
  void Sending(int64_t size) override;
  void Done(const PushedBlob& blob) override;

  // Removes the bar, and prints the sums: `1200 bytes sent, 0 mounted, 0
  // already there`.
  void Finish();

 private:
  void Draw() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ProgressOptions options_;
  std::FILE* out_;
  absl::Mutex mutex_;
  int64_t size_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;     // of blobs that are done
  int64_t sending_ ABSL_GUARDED_BY(mutex_) = 0;  // of the others
  int64_t sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t mounted_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t present_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time drawn_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_PUSH_PROGRESS_H_
