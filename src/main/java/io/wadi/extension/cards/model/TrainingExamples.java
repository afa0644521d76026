package io.wadi.extension.cards.model;

import io.wadi.extension.cards.CardHistory;
import io.wadi.extension.cards.Payment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Training examples: payments with their features. The payments of a card must be added in the order of the topic, so
 * that their features are those of stream processing. Not thread-safe.
 */
public final class TrainingExamples {
    private final Map<String, CardHistory> histories = new HashMap<>();
    private final List<Example> all = new ArrayList<>();

    /**
     * A payment and its features.
     *
     * @param values indexed by {@link Feature#place}
     */
    @SuppressWarnings("ArrayRecordComponent") // never modified or compared
    public record Example(String payment, long at, double[] values) {}

    /**
     * A part of the examples, in order of time.
     *
     * @param name the name in error messages
     */
    @SuppressWarnings("ArrayRecordComponent") // never modified or compared
    public record Part(String name, List<Example> examples, boolean[] isFraud) {

        public double[] scores(AdditiveModel model, int[] places) {
            CompiledModel compiled = new CompiledModel(model);
            double[] values = new double[places.length];
            return examples.stream()
                    .mapToDouble(each -> compiled.score(pick(each.values(), places, values)))
                    .toArray();
        }

        /** Returns the mean of each of these features. */
        double[] means(int[] places) {
            double[] means = new double[places.length];
            for (Example each : examples) {
                for (int i = 0; i < means.length; i++) {
                    means[i] += each.values()[places[i]] / examples.size();
                }
            }
            return means;
        }

        StoredModel.Range range() {
            long frauds =
                    IntStream.range(0, isFraud.length).filter(i -> isFraud[i]).count();
            return new StoredModel.Range(
                    Instant.ofEpochMilli(examples.get(0).at()),
                    Instant.ofEpochMilli(examples.get(examples.size() - 1).at()),
                    examples.size(),
                    frauds);
        }
    }

    /** Copies the values of some features into a buffer. */
    static double[] pick(double[] all, int[] places, double[] into) {
        for (int i = 0; i < places.length; i++) {
            into[i] = all[places[i]];
        }
        return into;
    }

    public void add(Payment payment) {
        double[] values = histories
                .computeIfAbsent(payment.card(), card -> new CardHistory())
                .take(payment);
        all.add(new Example(payment.id(), payment.at(), values));
    }

    /** Drops the card histories; called after the last payment of a partition. */
    public void endOfPartition() {
        histories.clear();
    }

    public int size() {
        return all.size();
    }

    /**
     * Splits the examples by time into parts for training, for choosing the threshold, and for evaluation.
     *
     * @param heldOut the share of the examples that is used for evaluation
     * @param frauds the ids of fraudulent payments
     * @throws ModelException if a part has no frauds, or only frauds
     */
    public Split split(double heldOut, Set<String> frauds) throws ModelException {
        List<Example> byTime = new ArrayList<>(all);
        byTime.sort(Comparator.comparingLong(Example::at));
        int end = (int) (byTime.size() * (1 - heldOut));
        int middle = (int) (end * LEARNT);
        Function<Example, Boolean> isFraud = each -> frauds.contains(each.payment());
        return new Split(
                part("train", byTime.subList(0, middle), isFraud),
                part("threshold", byTime.subList(middle, end), isFraud),
                part("hold-out", byTime.subList(end, byTime.size()), isFraud));
    }

    /** The share of training examples among those not held out. */
    private static final double LEARNT = 0.8;

    /** The parts, in order of time. */
    public record Split(Part train, Part threshold, Part heldOut) {
        public List<Part> parts() {
            return List.of(train, threshold, heldOut);
        }

        /** Chooses a model's threshold and evaluates it on the held-out part. */
        public EvaluationMetrics evaluate(AdditiveModel model, int[] places) {
            double best = EvaluationMetrics.bestThreshold(threshold.scores(model, places), threshold.isFraud());
            return EvaluationMetrics.of(heldOut.scores(model, places), heldOut.isFraud(), best);
        }

        /** Returns the evaluated model, with version 0. The typical values are the means of the training part. */
        public StoredModel evaluated(String origin, Instant now, AdditiveModel model) throws ModelException {
            StoredModel unevaluated =
                    new StoredModel(0, origin, now, train.range(), new EvaluationMetrics(0, 0, 0, 1, 0, 0), model);
            unevaluated.check();
            int[] places = unevaluated.places();
            return new StoredModel(
                    0, origin, now, train.range(), evaluate(model, places), model.withUsual(train.means(places)));
        }
    }

    private static Part part(String name, List<Example> examples, Function<Example, Boolean> isFraud)
            throws ModelException {
        boolean[] frauds = new boolean[examples.size()];
        int many = 0;
        for (int i = 0; i < frauds.length; i++) {
            frauds[i] = isFraud.apply(examples.get(i));
            many += frauds[i] ? 1 : 0;
        }
        if (many == 0 || many == frauds.length) {
            throw new ModelException(
                    "Part \"%2$s\" has %3$,d frauds among %1$,d payments: expected both frauds and other payments"
                            .formatted(frauds.length, name, many));
        }
        return new Part(name, List.copyOf(examples), frauds);
    }
}
