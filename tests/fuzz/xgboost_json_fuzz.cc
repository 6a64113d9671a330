#include <cstddef>
#include <cstdint>
#include <string_view>

#include "inference/xgboost/xgboost_model.h"
#include "run_xgboost.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto model = yard::inference::xgboost::XgboostModel::FromJson(bytes);
  if (model.ok()) yard::fuzz::RunXgboost(*model);
  return 0;
}
