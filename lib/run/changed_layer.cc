#include "lib/run/changed_layer.h"

#include <fcntl.h>
#include <time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/base/free_bytes.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/tree_pair.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/capture.h"
#include "lib/run/lower_layers.h"
#include "lib/run/scrub.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// FileNode::source of what the command wrote: no layer's number.
constexpr int kWritten = -2;

// BuildKit's runtime leaves the mount points that it needed in the first layer
// above an empty one; so an image made FROM scratch has them.
absl::Status AddMountPoints(const FileTree& lower, int64_t now,
                            FileTree& upper) {
  for (const char* path : {"dev", "proc", "sys"}) {
    if (lower.Find(path) != nullptr || upper.Find(path) != nullptr) continue;
    ABSL_RETURN_IF_ERROR(upper.Put(path, {.mtime = now}));
  }
  return absl::OkStatus();
}

// Gives what the command wrote in `lower` the times that it saw, by a fake
// clock; `now`, if it saw the host's.
absl::Status SetTimes(const FileTree& lower,
                      const std::optional<FakeClock>& clock,
                      const ChangedTimes& times, FileTree& tree) {
  if (!times.start.has_value()) return absl::OkStatus();
  const timespec now = RealTime();
  std::vector<std::pair<std::string, FileNode>> written;
  ABSL_RETURN_IF_ERROR(VisitDifferences(lower, tree, [&](const NodePair& pair) {
    if (pair.after == nullptr) return absl::OkStatus();
    const FileNode& node = *pair.after;
    // With an overlay, what is the same in both is not visited.
    if (pair.before != nullptr && pair.before->mtime == node.mtime &&
        pair.before->mtime_nanos == node.mtime_nanos) {
      return absl::OkStatus();
    }
    const timespec real = {.tv_sec = node.mtime, .tv_nsec = node.mtime_nanos};
    if (!IsWrittenBetween(*times.start, now, real)) return absl::OkStatus();
    const timespec set =
        clock.has_value() ? clock->Show(real)
                          : timespec{.tv_sec = times.layer.now, .tv_nsec = 0};
    FileNode& changed =
        written.emplace_back(std::string(pair.path), node).second;
    changed.mtime = set.tv_sec;
    changed.mtime_nanos = static_cast<int32_t>(set.tv_nsec);
    return absl::OkStatus();
  }));
  for (auto& [path, node] : written) {
    ABSL_RETURN_IF_ERROR(tree.Put(path, std::move(node)));
  }
  return absl::OkStatus();
}

// Gives the files that a captured tree links inodes that no node of `lower`
// has.
absl::Status RenumberInodes(FileTree lower, FileTree& tree) {
  const int64_t first = lower.NewInode();
  const FileTree::Nodes nodes = tree.nodes();
  for (auto [path, node] : nodes) {
    if (node.inode < 0) continue;
    node.inode += first;
    ABSL_RETURN_IF_ERROR(tree.Put(path, std::move(node)));
  }
  return absl::OkStatus();
}

// Of all files, of which each hard link counts.
int64_t BytesOf(const FileTree& tree) {
  int64_t bytes = 0;
  for (const auto& [path, node] : tree.nodes()) bytes += node.size;
  return bytes;
}

// The tree that the command left.
absl::StatusOr<CapturedTree> Capture(const FileTree& lower,
                                     const SandboxFiles& files,
                                     int64_t free_bytes) {
  CaptureOptions options = files.capture;
  options.source = kWritten;
  options.most_bytes = free_bytes;
  // The layer has no more than what was there before.
  if (files.whole) options.most_bytes += BytesOf(lower);
  if (!files.whole) return CaptureUpper(lower, files.directory_fd, options);
  ABSL_ASSIGN_OR_RETURN(CapturedTree captured,
                        CaptureDirectory(files.directory_fd, options));
  for (auto path = files.mount_points.rbegin();
       path != files.mount_points.rend(); ++path) {
    const FileNode* node = captured.tree.Find(*path);
    const bool empty = node != nullptr && node->size == 0 &&
                       captured.tree.Children(*path).empty();
    if (empty) captured.tree.Remove(*path);
  }
  ABSL_RETURN_IF_ERROR(RenumberInodes(lower, captured.tree));
  return captured;
}

}  // namespace

LayerPlace LayerPlace::Of(const std::string& path) {
  return LayerPlace(UniqueFd(
      open(HostDirectoryOf(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
}

int64_t LayerPlace::Room() const { return FreeBytes(directory_.get()); }

absl::StatusOr<std::string> WriteChangedLayer(const LowerLayers& lower,
                                              const SandboxFiles& files,
                                              const IgnorePatterns& scrub,
                                              const ChangedTimes& times,
                                              const LayerPlace& place,
                                              OutputFile& layer) {
  ABSL_ASSIGN_OR_RETURN(CapturedTree captured,
                        Capture(lower.tree, files, place.Room()));
  ABSL_RETURN_IF_ERROR(Scrub(lower.tree, scrub, captured.tree));
  ABSL_RETURN_IF_ERROR(
      AddMountPoints(lower.tree, times.layer.now, captured.tree));
  ABSL_RETURN_IF_ERROR(SetTimes(lower.tree, files.clock, times, captured.tree));
  const FileDataReader read_lower = ReadFromLayers(lower.contents());
  const FileDataReader read = [&](const FileNode& node, ByteSink* sink) {
    return node.source == kWritten ? captured.read_upper(node, sink)
                                   : read_lower(node, sink);
  };
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index,
                        WriteChangeset(lower.tree, captured.tree, read,
                                       {.epoch = times.layer.latest}, &layer));
  ABSL_RETURN_IF_ERROR(layer.Flush());
  return LayerIndexToText(index);
}

}  // namespace rules_dockerfile
