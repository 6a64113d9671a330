#include "inference/estimators/registry.h"

#include <algorithm>
#include <array>

#include "inference/estimators/column_transformer.h"
#include "inference/estimators/decision_tree.h"
#include "inference/estimators/dummy.h"
#include "inference/estimators/function_transformer.h"
#include "inference/estimators/gradient_boosting.h"
#include "inference/estimators/grid_search.h"
#include "inference/estimators/hist_gradient_boosting.h"
#include "inference/estimators/linear.h"
#include "inference/estimators/logistic_regression.h"
#include "inference/estimators/one_hot_encoder.h"
#include "inference/estimators/ordinal_encoder.h"
#include "inference/estimators/pipeline.h"
#include "inference/estimators/random_forest.h"
#include "inference/estimators/scalers.h"
#include "inference/estimators/simple_imputer.h"
#include "inference/estimators/xgboost_estimator.h"

namespace yard::inference::estimators {
namespace {

template <typename Reader>
struct Entry {
  std::string_view class_name;
  Reader reader;
};

constexpr auto kTransformers = std::to_array<Entry<TransformerReader>>({
    {"sklearn.compose._column_transformer.ColumnTransformer", ReadColumnTransformer},
    {"sklearn.impute._base.SimpleImputer", ReadSimpleImputer},
    {"sklearn.pipeline.Pipeline", ReadPipelineTransformer},
    {"sklearn.preprocessing._data.MaxAbsScaler", ReadMaxAbsScaler},
    {"sklearn.preprocessing._data.MinMaxScaler", ReadMinMaxScaler},
    {"sklearn.preprocessing._data.RobustScaler", ReadRobustScaler},
    {"sklearn.preprocessing._data.StandardScaler", ReadStandardScaler},
    {"sklearn.preprocessing._encoders.OneHotEncoder", ReadOneHotEncoder},
    {"sklearn.preprocessing._encoders.OrdinalEncoder", ReadOrdinalEncoder},
    {"sklearn.preprocessing._function_transformer.FunctionTransformer", ReadFunctionTransformer},
    {"sklearn.preprocessing._label.LabelEncoder", ReadLabelEncoder},
});

constexpr auto kPredictors = std::to_array<Entry<PredictorReader>>({
    {"sklearn.dummy.DummyClassifier", ReadDummyClassifier},
    {"sklearn.dummy.DummyRegressor", ReadDummyRegressor},
    {"sklearn.ensemble._forest.ExtraTreesClassifier", ReadForestClassifier},
    {"sklearn.ensemble._forest.ExtraTreesRegressor", ReadForestRegressor},
    {"sklearn.ensemble._forest.RandomForestClassifier", ReadForestClassifier},
    {"sklearn.ensemble._forest.RandomForestRegressor", ReadForestRegressor},
    {"sklearn.ensemble._gb.GradientBoostingClassifier", ReadGradientBoostingClassifier},
    {"sklearn.ensemble._gb.GradientBoostingRegressor", ReadGradientBoostingRegressor},
    {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
     ReadHistGradientBoostingClassifier},
    {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
     ReadHistGradientBoostingRegressor},
    {"sklearn.linear_model._base.LinearRegression", ReadLinearRegressor},
    {"sklearn.linear_model._coordinate_descent.ElasticNet", ReadLinearRegressor},
    {"sklearn.linear_model._coordinate_descent.ElasticNetCV", ReadLinearRegressor},
    {"sklearn.linear_model._coordinate_descent.Lasso", ReadLinearRegressor},
    {"sklearn.linear_model._coordinate_descent.LassoCV", ReadLinearRegressor},
    {"sklearn.linear_model._logistic.LogisticRegression", ReadLogisticRegression},
    {"sklearn.linear_model._logistic.LogisticRegressionCV", ReadLogisticRegression},
    {"sklearn.linear_model._ridge.Ridge", ReadLinearRegressor},
    {"sklearn.linear_model._ridge.RidgeCV", ReadLinearRegressor},
    {"sklearn.model_selection._search.GridSearchCV", ReadSearch},
    {"sklearn.model_selection._search.RandomizedSearchCV", ReadSearch},
    {"sklearn.model_selection._search_successive_halving.HalvingGridSearchCV", ReadSearch},
    {"sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV", ReadSearch},
    {"sklearn.pipeline.Pipeline", ReadPipelinePredictor},
    {"sklearn.tree._classes.DecisionTreeClassifier", ReadDecisionTreeClassifier},
    {"sklearn.tree._classes.DecisionTreeRegressor", ReadDecisionTreeRegressor},
    {"sklearn.tree._classes.ExtraTreeClassifier", ReadDecisionTreeClassifier},
    {"sklearn.tree._classes.ExtraTreeRegressor", ReadDecisionTreeRegressor},
    {"xgboost.sklearn.XGBClassifier", ReadXgboostEstimator},
    {"xgboost.sklearn.XGBRFClassifier", ReadXgboostEstimator},
    {"xgboost.sklearn.XGBRFRegressor", ReadXgboostEstimator},
    {"xgboost.sklearn.XGBRanker", ReadXgboostEstimator},
    {"xgboost.sklearn.XGBRegressor", ReadXgboostEstimator},
});

template <typename Table>
auto FindReader(const Table& table, std::string_view class_name) {
  const auto found = std::find_if(table.begin(), table.end(), [class_name](const auto& entry) {
    return entry.class_name == class_name;
  });
  return found == table.end() ? nullptr : found->reader;
}

}  // namespace

TransformerReader FindTransformerReader(std::string_view class_name) {
  return FindReader(kTransformers, class_name);
}

PredictorReader FindPredictorReader(std::string_view class_name) {
  return FindReader(kPredictors, class_name);
}

}  // namespace yard::inference::estimators
