#include "protocols/scoring/input_example.h"

#include <utility>

#include "protocols/scoring/cells.h"
#include "protocols/scoring/json_input.h"
#include "serving/frame_builder.h"

namespace yard::protocols::scoring {

base::Result<inference::Frame> ReadInputExample(const inference::Model& model,
                                                const serving::InputLayout& layout,
                                                std::string_view example_json) {
  const auto plain = WithoutPythonTokens(example_json);
  auto& builder = serving::FrameBuilder::ForThread(layout, serving::CellRules::kLikePandas);
  YARD_ASSIGN_OR_RETURN(JsonInput input,
                        ReadJsonInput(plain ? *plain : example_json, builder, model));
  return std::move(input.frame);
}

}  // namespace yard::protocols::scoring
