#ifndef LIB_LAYER_ESTARGZ_H_
#define LIB_LAYER_ESTARGZ_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

// eStargz (stargz-snapshotter, docs/estargz.md): a gzip layer of which one file
// can be read without the rest. Each file's data begins a gzip member, and a
// table of contents (TOC), the last member of the tar, says where.

// Annotation of the layer's descriptor: the digest of the TOC.
inline constexpr char kEstargzTocDigestAnnotation[] =
    "containerd.io/snapshot/stargz/toc.digest";

struct EstargzOptions {
  int level = 6;    // of gzip, 1 to 9
  int threads = 1;  // which no byte depends on
  // Files are cut into chunks of this size, which are read one at a time.
  int chunk_size = 4 << 20;
};

struct EstargzDigests {
  std::string toc;  // of the TOC, a JSON document
  // Of what the blob is when decompressed: the layer and besides the TOC, and
  // the landmark that says that no file is to be fetched before others.
  std::string diff_id;
};

// Writes `layer`, a tar, as eStargz. The members of the tar are kept byte for
// byte, except for a TOC or a landmark that it has already. The bytes written
// depend on the layer, the level and the chunk size alone.
// Errors: those of TarReader and of `sink`.
absl::StatusOr<EstargzDigests> WriteEstargz(absl::string_view layer,
                                            const EstargzOptions& options,
                                            ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_ESTARGZ_H_
