package io.wadi.extension.cards.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.wadi.extension.cards.Feature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PMML in the forms that the converters of scikit-learn, XGBoost and LightGBM write, and files that one of them has
 * written.
 */
class PmmlReaderTest {
    /** Models of scikit-learn 1.2.1 as JPMML-SkLearn 1.9.0 writes them, and Python's scores of the same payments. */
    private static final Path PYTHON = Path.of("src", "test", "resources", "fixtures", "pmml");

    private static final String HEAD = """
            <?xml version="1.0" encoding="UTF-8"?>
            <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
              <Header><Application name="a Python library"/></Header>
              <DataDictionary>
                <DataField name="fraud" optype="categorical" dataType="integer"><Value value="0"/><Value value="1"/></DataField>
                <DataField name="amount" optype="continuous" dataType="double"/>
                <DataField name="abroad" optype="continuous" dataType="double"/>
              </DataDictionary>
            """;
    private static final String REGRESSION = HEAD + """
              <RegressionModel functionName="classification" normalizationMethod="logit">
                <RegressionTable intercept="-2.5" targetCategory="1">
                  <NumericPredictor name="amount" coefficient="0.01"/><NumericPredictor name="abroad" coefficient="1.5"/>
                </RegressionTable>
                <RegressionTable intercept="0.0" targetCategory="0"/>
              </RegressionModel>
            </PMML>
            """;
    private static final String FOREST = HEAD + """
              <TransformationDictionary>
                <DerivedField name="double(amount)" optype="continuous" dataType="double"><FieldRef field="amount"/></DerivedField>
              </TransformationDictionary>
              <MiningModel functionName="classification">
                <Segmentation multipleModelMethod="average">
                  <Segment id="1"><True/><TreeModel functionName="classification" noTrueChildStrategy="returnNullPrediction">
                    <Node><True/>
                      <Node><SimplePredicate field="double(amount)" operator="lessOrEqual" value="100"/>
                        <ScoreDistribution value="0" recordCount="95"/><ScoreDistribution value="1" recordCount="5"/></Node>
                      <Node><SimplePredicate field="double(amount)" operator="greaterThan" value="100"/>
                        <ScoreDistribution value="0" recordCount="2"/><ScoreDistribution value="1" recordCount="8"/></Node>
                    </Node></TreeModel></Segment>
                  <Segment id="2"><True/><TreeModel functionName="classification" noTrueChildStrategy="returnLastPrediction">
                    <Node><True/><ScoreDistribution value="0" recordCount="9"/><ScoreDistribution value="1" recordCount="1"/>
                      <Node><SimplePredicate field="abroad" operator="greaterThan" value="0.5"/>
                        <ScoreDistribution value="0" recordCount="1"/><ScoreDistribution value="1" recordCount="3"/></Node>
                    </Node></TreeModel></Segment>
                </Segmentation>
              </MiningModel>
            </PMML>
            """;
    private static final String BOOSTED = HEAD + """
              <MiningModel functionName="classification">
                <Segmentation multipleModelMethod="modelChain">
                  <Segment id="1"><True/><MiningModel functionName="regression">
                    <Output><OutputField name="decisionFunction(1)" optype="continuous" dataType="double" isFinalResult="false"/></Output>
                    <Targets><Target rescaleConstant="-1.5"/></Targets>
                    <Segmentation multipleModelMethod="sum">
                      <Segment id="1"><True/><TreeModel functionName="regression" noTrueChildStrategy="returnLastPrediction">
                        <Node score="-0.25"><True/>
                          <Node score="0.5"><SimplePredicate field="amount" operator="greaterOrEqual" value="50"/>
                            <Node score="2.0"><SimplePredicate field="abroad" operator="greaterOrEqual" value="0.5"/></Node>
                          </Node>
                        </Node></TreeModel></Segment>
                      <Segment id="2"><True/><TreeModel functionName="regression">
                        <Node><True/>
                          <Node score="0.1"><SimplePredicate field="amount" operator="lessThan" value="10"/></Node>
                          <Node score="0.2"><SimplePredicate field="amount" operator="greaterOrEqual" value="10"/></Node>
                        </Node></TreeModel></Segment>
                    </Segmentation></MiningModel></Segment>
                  <Segment id="2"><True/><RegressionModel functionName="classification" normalizationMethod="logit">
                    <RegressionTable intercept="0.0" targetCategory="1">
                      <NumericPredictor name="decisionFunction(1)" coefficient="1.0"/></RegressionTable>
                    <RegressionTable intercept="0.0" targetCategory="0"/></RegressionModel></Segment>
                </Segmentation>
              </MiningModel>
            </PMML>
            """;

    private static AdditiveModel read(String pmml) throws ModelException {
        AdditiveModel model = PmmlReader.read(pmml.getBytes(UTF_8));
        model.check();
        return model;
    }

    private static double probability(double sum) {
        return 1 / (1 + Math.exp(-sum));
    }

    private static double score(AdditiveModel model, double... values) {
        return new CompiledModel(model).score(values);
    }

    @Test
    void logisticRegression_isRead() throws Exception {
        AdditiveModel model = read(REGRESSION);

        assertThat(model.features()).containsExactly("amount", "abroad");
        assertThat(score(model, 100, 1)).isCloseTo(probability(-2.5 + 1 + 1.5), within(1e-12));
        assertThat(model.weights(new double[] {100, 1})).containsExactly(1, 1.5);
    }

    /** Relative to 0, features with large values would be the first reasons, even of a typical payment. */
    @Test
    void evaluatedRegression_weighsDifferencesFromTheMeanTrainingPayment() throws Exception {
        AdditiveModel model = read(REGRESSION);
        TrainingExamples.Split split = GeneratedExamples.EXAMPLES.split(0.25, GeneratedExamples.REPORTED);
        double amount = mean(split.train(), Feature.AMOUNT);
        double abroad = mean(split.train(), Feature.ABROAD);

        AdditiveModel evaluated = split.evaluated("PMML", Instant.EPOCH, model).model();

        assertThat(amount).isGreaterThan(5);
        assertThat(evaluated.weights(new double[] {amount, abroad})).containsExactly(new double[] {0, 0}, within(1e-9));
        assertThat(evaluated.weights(new double[] {amount + 100, 1}))
                .containsExactly(new double[] {1, 1.5 * (1 - abroad)}, within(1e-9));
        assertThat(score(evaluated, 100, 1)).isEqualTo(score(model, 100, 1));
    }

    private static double mean(TrainingExamples.Part part, Feature feature) {
        return part.examples().stream()
                .mapToDouble(each -> feature.of(each.values()))
                .average()
                .orElseThrow();
    }

    @Test
    void randomForest_isRead() throws Exception {
        AdditiveModel model = read(FOREST);

        assertThat(model.features()).containsExactly("amount", "abroad");
        assertThat(score(model, 100, 0)).isCloseTo((0.05 + 0.1) / 2, within(1e-12));
        assertThat(score(model, 100.1, 0)).isCloseTo((0.8 + 0.1) / 2, within(1e-12));
        assertThat(score(model, 100.1, 1)).isCloseTo((0.8 + 0.75) / 2, within(1e-12));
        assertThat(model.weights(new double[] {100.1, 1})[1]).isCloseTo(0.65 / 2, within(1e-12));
    }

    @Test
    void boostedTrees_areRead_withAndWithoutMissingValueHandling() throws Exception {
        AdditiveModel model = read(BOOSTED);
        AdditiveModel slower = read(BOOSTED.replace("rescaleConstant", "rescaleFactor=\"0.1\" rescaleConstant"));

        assertThat(score(slower, 9.99, 1)).isCloseTo(probability(-1.5 + 0.1 * (-0.25 + 0.1)), within(1e-12));
        assertThat(score(model, 9.99, 1)).isCloseTo(probability(-1.5 - 0.25 + 0.1), within(1e-12));
        assertThat(score(model, 10, 1)).isCloseTo(probability(-1.5 - 0.25 + 0.2), within(1e-12));
        assertThat(score(model, 50, 0)).isCloseTo(probability(-1.5 + 0.5 + 0.2), within(1e-12));
        assertThat(score(model, 50, 0.5)).isCloseTo(probability(-1.5 + 2 + 0.2), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"forest", "boosted", "histograms", "logistic", "scaled"})
    void scikitLearnModel_scoresLikePython(String name) throws Exception {
        AdditiveModel model = PmmlReader.read(Files.readAllBytes(PYTHON.resolve(name + ".pmml")));
        List<String> lines = Files.readAllLines(PYTHON.resolve("scores.csv"));
        List<String> columns = List.of(lines.get(0).split(","));

        for (String line : lines.subList(1, lines.size())) {
            double[] values = Arrays.stream(line.split(","))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            double[] input = model.features().stream()
                    .mapToDouble(feature -> values[columns.indexOf(feature)])
                    .toArray();
            assertThat(score(model, input)).as(line).isCloseTo(values[columns.indexOf(name)], within(1e-9));
        }
    }

    @Test
    void floatFields_areComparedAsFloats() throws Exception {
        String floats = FOREST.replace(
                        "name=\"amount\" optype=\"continuous\" dataType=\"double\"",
                        "name=\"amount\" optype=\"continuous\" dataType=\"float\"")
                .replace("value=\"100\"", "value=\"%s\"".formatted((double) 50.12f));

        AdditiveModel model = read(floats);

        // A comparison as doubles would have another result, because the float is less than the double.
        assertThat((double) 50.12f).isLessThan(50.12);
        assertThat(score(model, 50.12, 0)).isCloseTo((0.05 + 0.1) / 2, within(1e-12));
        assertThat(score(model, Math.nextUp(50.12f), 0)).isCloseTo((0.8 + 0.1) / 2, within(1e-12));
    }

    /** XGBoost's thresholds are floats. Their shortest texts may be greater, such as that of 0.7, or less. */
    @ParameterizedTest
    @ValueSource(strings = {"0.7", "12.7", "0.3", "10.0"})
    void valueAtAThresholdOfTypeFloat_isNotBelowIt(String threshold) throws Exception {
        AdditiveModel model = read(BOOSTED.replace(
                        "name=\"amount\" optype=\"continuous\" dataType=\"double\"",
                        "name=\"amount\" optype=\"continuous\" dataType=\"float\"")
                .replace("value=\"10\"", "value=\"" + threshold + "\""));

        assertThat(score(model, Double.parseDouble(threshold), 1))
                .isCloseTo(probability(-1.5 - 0.25 + 0.2), within(1e-12));
        assertThat(score(model, Math.nextDown(Float.parseFloat(threshold)), 1))
                .isCloseTo(probability(-1.5 - 0.25 + 0.1), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.7", "12.7", "10.0"})
    void valueAtAThresholdOfTypeFloat_isNotAboveIt(String threshold) throws Exception {
        AdditiveModel model = read(FOREST.replace("double(amount)", "amount")
                .replace(
                        "name=\"amount\" optype=\"continuous\" dataType=\"double\"/>",
                        "name=\"amount\" optype=\"continuous\" dataType=\"float\"/>")
                .replace("<DerivedField name=\"amount\"", "<DerivedField name=\"copy\"")
                .replace("value=\"100\"", "value=\"" + threshold + "\""));

        assertThat(score(model, Double.parseDouble(threshold), 0)).isCloseTo((0.05 + 0.1) / 2, within(1e-12));
        assertThat(score(model, Math.nextUp(Float.parseFloat(threshold)), 0)).isCloseTo((0.8 + 0.1) / 2, within(1e-12));
    }

    @Test
    void scaledFeatures_areReadInARegression() throws Exception {
        String scaled = REGRESSION
                .replace("<RegressionModel", """
                        <TransformationDictionary>
                          <DerivedField name="scaled" optype="continuous" dataType="double"><Apply function="/">
                            <Apply function="-"><FieldRef field="amount"/><Constant dataType="double">40.0</Constant></Apply>
                            <Constant dataType="double">20.0</Constant></Apply></DerivedField>
                          <DerivedField name="turned" optype="continuous" dataType="double"><Apply function="-">
                            <Constant>1</Constant><Apply function="*"><FieldRef field="abroad"/><Constant>2</Constant></Apply></Apply></DerivedField>
                        </TransformationDictionary>
                        <RegressionModel""")
                .replace("name=\"amount\" coefficient", "name=\"scaled\" coefficient")
                .replace("name=\"abroad\" coefficient", "name=\"turned\" coefficient");

        AdditiveModel model = read(scaled);

        assertThat(model.features()).containsExactly("amount", "abroad");
        assertThat(score(model, 100, 1)).isCloseTo(probability(-2.5 + 0.01 * 3 + 1.5 * -1), within(1e-12));
    }

    @Test
    void probabilityConversionWithinAnEnsemble_isRejected() {
        assertThatThrownBy(() -> read(BOOSTED.replace("<MiningModel functionName=\"classification\">", """
                                <MiningModel functionName="classification"><Segmentation multipleModelMethod="average">
                                <Segment><True/><MiningModel functionName="classification">""")
                        .replace("</PMML>", "</Segment></Segmentation></MiningModel></PMML>")))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "A model within an ensemble converts its sum to a probability: expected a conversion of the total only");
    }

    /** Of the whole chain, and of its second model. */
    @ParameterizedTest
    @ValueSource(strings = {"<MiningModel functionName=\"classification\">", "normalizationMethod=\"logit\">"})
    void rescaledProbability_isRejected(String model) {
        for (String target : List.of("rescaleFactor=\"0.5\"", "rescaleConstant=\"0.1\"")) {
            assertThatThrownBy(
                            () -> read(BOOSTED.replace(model, model + "<Targets><Target " + target + "/></Targets>")))
                    .isInstanceOf(ModelException.class)
                    .hasMessage(
                            "<Target> rescales a probability, or the result of a chain: expected a rescaled sum only");
        }
    }

    /** Of two classes, the second one has the probability that the first one leaves. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    targetCategory="1"                         | targetCategory="2"
                    intercept="0.0" targetCategory="0"         | intercept="0.5" targetCategory="0"
                    <RegressionTable intercept="0.0"           | <RegressionTable intercept="0.0" targetCategory="2"/><RegressionTable intercept="0.0"
                    <RegressionTable intercept="-2.5" targetCategory="1"> | <RegressionTable intercept="0.0" targetCategory="0"/><RegressionTable intercept="-2.5" targetCategory="1">
                    """)
    void tablesOfWhichTheFirstIsNotTheOneForFraud_areRejected(String found, String otherwise) {
        assertThatThrownBy(() -> read(REGRESSION.replace(found, otherwise)))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "Unsupported <RegressionTable>s: expected the first with a targetCategory of [1,");
    }

    @ParameterizedTest
    @CsvSource({
        "<Interval closure=\"closedClosed\" leftMargin=\"0\" rightMargin=\"500\"/>, returnInvalid",
        "<Value value=\"-1\" property=\"missing\"/>, asIs"
    })
    void limitsOfValues_areRejected(String limit, String treatment) {
        String limited = REGRESSION
                .replace(
                        "<DataField name=\"amount\" optype=\"continuous\" dataType=\"double\"/>",
                        "<DataField name=\"amount\" optype=\"continuous\" dataType=\"double\">%s</DataField>"
                                .formatted(limit))
                .replace("<RegressionTable intercept=\"-2.5\"", """
                        <MiningSchema><MiningField name="fraud" usageType="target"/>
                          <MiningField name="amount" invalidValueTreatment="%s"/></MiningSchema>
                        <RegressionTable intercept="-2.5\"""".formatted(treatment));

        assertThatThrownBy(() -> read(limited))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("The field \"amount\" has limits of its values");
    }

    @Test
    void limitsOfValuesThatAreUsedAsTheyAre_haveNoEffect() throws Exception {
        AdditiveModel model = read(REGRESSION
                .replace(
                        "<DataField name=\"amount\" optype=\"continuous\" dataType=\"double\"/>",
                        "<DataField name=\"amount\" optype=\"continuous\" dataType=\"double\">%s</DataField>"
                                .formatted("<Interval rightMargin=\"5\"/>"))
                .replace("<RegressionTable intercept=\"-2.5\"", """
                        <MiningSchema><MiningField name="amount" invalidValueTreatment="asIs"/></MiningSchema>
                        <RegressionTable intercept="-2.5\""""));

        assertThat(score(model, 100, 1)).isCloseTo(probability(-2.5 + 1 + 1.5), within(1e-12));
    }

    @Test
    void givenProbabilities_areReadInsteadOfRecordCounts() throws Exception {
        AdditiveModel model = read(FOREST.replace("recordCount=\"95\"", "recordCount=\"95\" probability=\"0.9\"")
                .replace("recordCount=\"5\"", "recordCount=\"5\" probability=\"0.1\""));

        assertThat(score(model, 100, 0)).isCloseTo((0.1 + 0.1) / 2, within(1e-12));
    }

    @Test
    void outputOfTheProbabilityOfAnotherClass_isNotTheSumOfAChain() {
        assertThatThrownBy(() -> read(BOOSTED.replace(
                        "isFinalResult=\"false\"", "isFinalResult=\"false\" feature=\"probability\" value=\"0\"")))
                .isInstanceOf(ModelException.class)
                .hasMessage("The first model of a chain has no <OutputField> with its predicted value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <TreeModel              | <TreeModel isScorable="false"       | A <TreeModel> has isScorable="false", expected models with scores
                    <RegressionModel        | <RegressionModel isScorable="false" | A <RegressionModel> has isScorable="false", expected models with scores
                    <Node score="2.0">      | <Node score="2.0"><Regression/>     | A <Node> has an embedded model, expected child nodes or a score
                    name="decisionFunction(1)" coefficient | name="amount" coefficient | The second model of a chain does not use the output "decisionFunction(1)" of the first one
                    """)
    void modelsThatTheScoreWouldIgnore_areRejected(String found, String otherwise, String message) {
        assertThatThrownBy(() -> read(BOOSTED.replace(found, otherwise)))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }

    @Test
    void importedModel_scoresTheSameAfterStoringAndParsing() throws Exception {
        AdditiveModel model = read(BOOSTED);
        StoredModel stored = new StoredModel(
                3,
                "PMML",
                Instant.EPOCH,
                new StoredModel.Range(Instant.EPOCH, Instant.EPOCH, 1, 1),
                new EvaluationMetrics(1, 1, 1, 0.5, 1, 1),
                model);

        AdditiveModel again = StoredModel.parse(stored.toJson()).model();

        for (double[] values : List.of(new double[] {9.99, 1}, new double[] {50, 0}, new double[] {50, 0.5})) {
            assertThat(score(again, values)).isEqualTo(score(model, values));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    average             | majorityVote       | Unsupported multipleModelMethod "majorityVote": expected sum, average or modelChain
                    lessOrEqual         | equal              | "double(amount)" is compared by equal, expected lessOrEqual, lessThan, greaterThan or greaterOrEqual
                    returnLastPrediction | returnNullPrediction | The children of a <Node> do not cover all values, and the tree's noTrueChildStrategy is not returnLastPrediction
                    recordCount="95"    | recordCount="many" | <ScoreDistribution> has recordCount="many", expected a number
                    <FieldRef field="amount"/> | <Apply function="log"/> | The field "double(amount)" is derived by log, which is not supported: expected a field, or its sum, product or quotient with numbers; compute the field before training
                    <Segmentation       | <MiningSchema><MiningField name="amount" outliers="asExtremeValues"/></MiningSchema><Segmentation | The field "amount" has the unsupported outliers="asExtremeValues": expected asIs
                    value="1" recordCount | value="bad" recordCount | The classes of its trees are [0, bad]: expected one of [1, 1.0, true, fraud, yes] for fraud
                    optype="continuous" dataType="double"><FieldRef | optype="continuous" dataType="integer"><FieldRef | The derived field "double(amount)" has the unsupported dataType="integer": expected double or float
                    MiningModel         | NeuralNetwork      | It has no supported model: expected TreeModel, RegressionModel or MiningModel
                    <PMML               | <Pickle            | It is not XML: The element type "Pickle" must be terminated by the matching end-tag "</Pickle>".
                    <PMML               | <!DOCTYPE a><PMML  | It is not XML: DOCTYPE is disallowed when the feature "http://apache.org/xml/features/disallow-doctype-decl" set to true.
                    """)
    void unsupportedPmml_isRejected(String found, String otherwise, String message) {
        assertThatThrownBy(() -> read(FOREST.replace(found, otherwise)))
                .isInstanceOf(ModelException.class)
                .hasMessage(message);
    }
}
