#ifndef LIB_COMPRESSION_DEFLATE_JOINT_H_
#define LIB_COMPRESSION_DEFLATE_JOINT_H_

#include <cstddef>

namespace rules_dockerfile {

// How many bytes more a stream may have when it is open.
inline constexpr size_t kDeflateJointSize = 5;

// Makes `stream`, a complete deflate stream (RFC 1951) of `size` bytes, one
// that another may follow: its last block is no longer marked as the last, and
// an empty stored block, as of a sync flush, fills it up to a whole byte.
// Returns its new size, of at most kDeflateJointSize more. zlib's
// examples/gzjoin.c does the same.
//
// Where the last block begins only reading all of the stream tells. `data_size`
// is what has to come out, or this is a fault of the program.
size_t OpenDeflateStream(char* stream, size_t size, size_t data_size);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_DEFLATE_JOINT_H_
