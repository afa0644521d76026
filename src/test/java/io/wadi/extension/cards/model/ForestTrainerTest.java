package io.wadi.extension.cards.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.wadi.extension.cards.Feature;
import io.wadi.extension.cards.Rule;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Training of forests on generated payments, evaluated on others. */
class ForestTrainerTest {
    private static final Logger LOG = LoggerFactory.getLogger(ForestTrainerTest.class);
    private static final int TREES = 16;

    private static TrainingExamples.Split split;
    private static StoredModel model;

    @BeforeAll
    static void train() throws Exception {
        split = GeneratedExamples.EXAMPLES.split(0.25, GeneratedExamples.REPORTED);
        model = split.evaluated("forest", Instant.EPOCH, new ForestTrainer(TREES, 1).train(split.train(), done -> {}));
        LOG.info("{}", model.text());
    }

    @Test
    void fraudsInHeldOutPayments_areDetected() {
        assertThat(model.heldOut().areaUnderPrecisionRecall())
                .as(model.text())
                .isGreaterThanOrEqualTo(0.85)
                .isLessThan(0.99);
        assertThat(model.heldOut().precision()).isGreaterThan(0.7);
        assertThat(model.heldOut().recall()).isGreaterThan(0.7);
    }

    /** The generated payments must be difficult enough to need a model. */
    @Test
    void noSingleFeatureOrRule_detectsFrauds() {
        for (Feature each : Feature.values()) {
            double[] up = split.heldOut().examples().stream()
                    .mapToDouble(example -> each.of(example.values()))
                    .toArray();
            double[] down = Arrays.stream(up).map(value -> -value).toArray();
            double best = DoubleStream.of(
                            EvaluationMetrics.of(up, split.heldOut().isFraud(), 1)
                                    .areaUnderPrecisionRecall(),
                            EvaluationMetrics.of(down, split.heldOut().isFraud(), 1)
                                    .areaUnderPrecisionRecall())
                    .max()
                    .orElseThrow();
            LOG.info("{} alone: AUC-PR {}", each.label(), String.format(Locale.ROOT, "%.3f", best));
            assertThat(best).as(each.label()).isLessThan(0.6);
        }
        Rule.Limits rules = new Rule.Limits(EnumSet.allOf(Rule.class), 3000, 5, 1000);
        double[] broken = split.heldOut().examples().stream()
                .mapToDouble(each -> rules.brokenBy(each.values()).isEmpty() ? 0 : 1)
                .toArray();
        EvaluationMetrics ofRules = EvaluationMetrics.of(broken, split.heldOut().isFraud(), 1);
        LOG.info("Rules: {}", ofRules.text());
        assertThat(ofRules.recall()).isLessThan(0.7);
        assertThat(ofRules.areaUnderPrecisionRecall()).isLessThan(0.6);
    }

    @Test
    void score_isCalibratedToTheShareOfFrauds() {
        double[] scores = split.heldOut().scores(model.model(), model.places());

        assertThat(Arrays.stream(scores).average().orElseThrow())
                .isCloseTo((double) model.heldOut().frauds() / model.heldOut().payments(), within(0.003));
        assertThat(Arrays.stream(scores).min().orElseThrow()).isNotNegative();
        assertThat(Arrays.stream(scores).max().orElseThrow()).isLessThanOrEqualTo(1);
    }

    @Test
    void weights_addUpToTheScore() {
        double base = model.model().trees().stream()
                .mapToDouble(tree -> tree.value()[0])
                .sum();
        CompiledModel compiled = new CompiledModel(model.model());
        for (TrainingExamples.Example each : split.heldOut().examples().subList(0, 500)) {
            double weighed = Arrays.stream(model.model().weights(each.values())).sum();

            assertThat(base + weighed).isCloseTo(compiled.score(each.values()), within(1e-9));
        }
    }

    @Test
    void parts_areInTimeOrder() {
        List<TrainingExamples.Part> parts = split.parts();

        assertThat(parts.stream().mapToInt(part -> part.examples().size()).sum())
                .isEqualTo(GeneratedExamples.EXAMPLES.size());
        assertThat(parts.get(0).range().to())
                .isBeforeOrEqualTo(parts.get(1).range().from());
        assertThat(parts.get(1).range().to())
                .isBeforeOrEqualTo(parts.get(2).range().from());
        assertThat(model.range()).isEqualTo(parts.get(0).range());
    }

    @Test
    void storedModel_equalsTheTrainedOneAfterParsing() throws Exception {
        StoredModel again = StoredModel.parse(model.toJson());

        assertThat(again.range()).isEqualTo(model.range());
        assertThat(again.heldOut()).isEqualTo(model.heldOut());
        assertThat(split.heldOut().scores(again.model(), again.places()))
                .isEqualTo(split.heldOut().scores(model.model(), model.places()));
    }
}
