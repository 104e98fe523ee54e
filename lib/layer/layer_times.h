#ifndef LIB_LAYER_LAYER_TIMES_H_
#define LIB_LAYER_LAYER_TIMES_H_

#include <cstdint>
#include <limits>
#include <optional>

namespace rules_dockerfile {

// 2026-01-01T00:00:00Z: the time of new files if no epoch is set. A constant,
// so that the same inputs produce the same bytes; later than 1980, the first
// year that a ZIP archive (a Python wheel, a JAR) can hold.
inline constexpr int64_t kDefaultTime = 1767225600;

// The modification times of a layer, in seconds since the Unix epoch.
struct LayerTimes {
  // Of files that the step itself creates.
  int64_t now = kDefaultTime;
  // No file is younger: a later time is written as this.
  int64_t latest = std::numeric_limits<int64_t>::max();

  // Without an epoch a time of a file stays; with one (SOURCE_DATE_EPOCH), it
  // is `now` and the latest, as with BuildKit's rewrite-timestamp.
  static LayerTimes Of(std::optional<int64_t> epoch) {
    if (!epoch.has_value()) return {};
    return {.now = *epoch, .latest = *epoch};
  }
};

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_LAYER_TIMES_H_
