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
 * Payments with their features and what has become of them, to learn from. A card's payments are taken in the order in which the
 * stream had them, so that its history is what it was then. Not thread-safe.
 */
public final class TrainingExamples {
    private final Map<String, CardHistory> histories = new HashMap<>();
    private final List<Example> all = new ArrayList<>();

    /**
     * A payment and its features.
     *
     * @param values of all features
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes to them, and nobody compares them
    public record Example(String payment, long at, double[] values) {}

    /**
     * Examples one after another in time.
     *
     * @param name of the part
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody writes to them, and nobody compares them
    public record Part(String name, List<Example> examples, boolean[] isFraud) {

        /** Asks a model about all of them. */
        public double[] scores(AdditiveModel model, int[] places) {
            double[] values = new double[places.length];
            return examples.stream()
                    .mapToDouble(each -> model.score(pick(each.values(), places, values)))
                    .toArray();
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

    /** The values of some features, in a buffer. */
    static double[] pick(double[] all, int[] places, double[] into) {
        for (int i = 0; i < places.length; i++) {
            into[i] = all[places[i]];
        }
        return into;
    }

    /** Takes a payment. */
    public void add(Payment payment) {
        double[] values = histories
                .computeIfAbsent(payment.card(), card -> new CardHistory())
                .take(payment);
        all.add(new Example(payment.id(), payment.at(), values));
    }

    /** Cards whose payments are all taken: their histories are not needed any more. */
    public void endOfPartition() {
        histories.clear();
    }

    /** How many there are. */
    public int size() {
        return all.size();
    }

    /**
     * Parts them by time: what is learnt from, what the threshold is chosen on, and what is held out to judge by. Payments of one
     * time are not parted otherwise than by their order.
     *
     * @param heldOut the share that is held out
     * @param frauds the payments that were frauds
     * @throws ModelException where a part has no fraud, or none but frauds
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

    /** Of what is not held out, the share that is learnt from. */
    private static final double LEARNT = 0.8;

    /** The parts, in order of time. */
    public record Split(Part train, Part threshold, Part heldOut) {
        /** All of them. */
        public List<Part> parts() {
            return List.of(train, threshold, heldOut);
        }

        /** Chooses a model's threshold and judges it. */
        public EvaluationMetrics judge(AdditiveModel model, int[] places) {
            double best = EvaluationMetrics.bestThreshold(threshold.scores(model, places), threshold.isFraud());
            return EvaluationMetrics.of(heldOut.scores(model, places), heldOut.isFraud(), best);
        }

        /** A model with its figures, which has no number yet. */
        public StoredModel judged(String origin, Instant now, AdditiveModel model) throws ModelException {
            StoredModel unjudged =
                    new StoredModel(0, origin, now, train.range(), new EvaluationMetrics(0, 0, 0, 1, 0, 0), model);
            unjudged.check();
            return new StoredModel(0, origin, now, train.range(), judge(model, unjudged.places()), model);
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
                    "Of the %,d payments of the part \"%s\" %,d are known as frauds: some have to be, and some not"
                            .formatted(frauds.length, name, many));
        }
        return new Part(name, List.copyOf(examples), frauds);
    }
}
