package io.wadi.extension.cards.model;

import java.util.Locale;
import java.util.stream.IntStream;
import org.tribuo.classification.evaluation.LabelEvaluationUtil;

/**
 * The quality of a model on held-out payments.
 *
 * @param areaUnderPrecisionRecall as average precision
 * @param threshold the lowest score at which a payment is reviewed
 * @param precision the share of frauds among the reviewed payments; 1 if none is reviewed
 * @param recall the share of frauds that are reviewed; 0 if there are none
 */
public record EvaluationMetrics(
        long payments,
        long frauds,
        double areaUnderPrecisionRecall,
        double threshold,
        double precision,
        double recall) {

    /** Computes the metrics of scores at a threshold; {@code isFraud} has the same length. */
    public static EvaluationMetrics of(double[] scores, boolean[] isFraud, double threshold) {
        long frauds = count(isFraud);
        long reviewed = 0;
        long found = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] >= threshold) {
                reviewed++;
                found += isFraud[i] ? 1 : 0;
            }
        }
        return new EvaluationMetrics(
                scores.length,
                frauds,
                frauds == 0 ? 0 : LabelEvaluationUtil.averagedPrecision(isFraud, scores),
                threshold,
                reviewed == 0 ? 1 : (double) found / reviewed,
                frauds == 0 ? 0 : (double) found / frauds);
    }

    /** Returns the threshold with the highest F1 score. */
    public static double bestThreshold(double[] scores, boolean[] isFraud) {
        int[] order = byScore(scores);
        double frauds = count(isFraud);
        double best = -1;
        double threshold = 1;
        long found = 0;
        for (int i = 0; i < order.length; i++) {
            found += isFraud[order[i]] ? 1 : 0;
            boolean isLastOfItsScore = i + 1 == order.length || scores[order[i + 1]] < scores[order[i]];
            double mean = 2 * found / (i + 1 + frauds);
            if (isLastOfItsScore && mean > best) {
                best = mean;
                threshold = scores[order[i]];
            }
        }
        return threshold;
    }

    private static int[] byScore(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted((one, other) -> Double.compare(scores[other], scores[one]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static long count(boolean[] isFraud) {
        return IntStream.range(0, isFraud.length).filter(i -> isFraud[i]).count();
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                "AUC-PR %.3f, at threshold %.4f precision %.3f and recall %.3f, on %,d payments with %,d frauds",
                areaUnderPrecisionRecall,
                threshold,
                precision,
                recall,
                payments,
                frauds);
    }
}
