#include "inference/estimators/scratch.h"

#include <new>

namespace yard::inference::estimators {

void Scratch::AlignedDelete::operator()(std::byte* bytes) const {
  ::operator delete(bytes, std::align_val_t(kAlignment));
}

void Scratch::AddChunk(size_t size) {
  auto* bytes = static_cast<std::byte*>(::operator new(size, std::align_val_t(kAlignment)));
  chunks_.push_back({std::unique_ptr<std::byte, AlignedDelete>(bytes), size});
  used_ = 0;
}

void* Scratch::AllocateBytes(size_t size) {
  size = (size + kAlignment - 1) / kAlignment * kAlignment;
  if (chunks_.empty() || chunks_.back().size - used_ < size) {
    const size_t doubled = chunks_.empty() ? kFirstChunkBytes : 2 * chunks_.back().size;
    AddChunk(std::max(doubled, size));
  }
  std::byte* bytes = chunks_.back().bytes.get() + used_;
  used_ += size;
  total_ += size;
  return bytes;
}

void Scratch::Reset() {
  used_ = 0;
  total_ = 0;
  if (chunks_.empty()) return;
  if (chunks_.back().size > kMaxKeptBytes) {
    chunks_.clear();
    return;
  }
  if (chunks_.size() > 1) chunks_.erase(chunks_.begin(), chunks_.end() - 1);
}

}  // namespace yard::inference::estimators
