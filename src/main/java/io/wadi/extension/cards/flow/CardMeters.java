package io.wadi.extension.cards.flow;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.extension.cards.Rule;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * The meters of card payments. What is counted is counted when it is done; where its transaction is taken back it is counted
 * again. Thread-safe.
 */
public final class CardMeters {
    private static final String ACCEPT = "accept";
    private static final String REVIEW = "review";
    private static final String MODEL = "model";

    private final MeterRegistry meters;
    private final Counter accepted;
    private final Counter reviewed;
    /** By what the model in force says, then what its shadow does. */
    private final Counter[] compared;

    private final Counter unkept;
    private final Map<String, Counter> alerts = new ConcurrentHashMap<>();
    private final Map<Object, Long> cards = new ConcurrentHashMap<>();

    /** Takes where the meters go, and the models. */
    public CardMeters(MeterRegistry meters, ActiveModels models) {
        this.meters = meters;
        accepted = verdicts(ACCEPT);
        reviewed = verdicts(REVIEW);
        compared = new Counter[] {
            shadow(ACCEPT, ACCEPT), shadow(ACCEPT, REVIEW), shadow(REVIEW, ACCEPT), shadow(REVIEW, REVIEW)
        };
        for (Rule each : Rule.values()) {
            alerts(each.label());
        }
        alerts(MODEL);
        unkept = Counter.builder("wadi.cards.untracked")
                .description("Payments of cards that are more than are known at once: they were judged as first ones")
                .register(meters);
        gauge("wadi.cards.model", "The version of the model in force; 0 for none", models, ActiveModels::version);
        gauge(
                "wadi.cards.shadow.model",
                "The version of the model in the shadow; 0 for none",
                models,
                ActiveModels::shadow);
        gauge(
                "wadi.cards.model.valid",
                "1 where the models that are chosen are asked, 0 where one is refused or not to be read",
                models,
                asked -> asked.complaint().isEmpty() ? 1 : 0);
        Gauge.builder(
                        "wadi.cards.known",
                        this,
                        all -> all.cards.values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .description("Cards whose history is known here")
                .register(meters);
    }

    private void gauge(String name, String description, ActiveModels models, ToDoubleFunction<ActiveModels> value) {
        Gauge.builder(name, models, value).description(description).register(meters);
    }

    private Counter verdicts(String verdict) {
        return Counter.builder("wadi.cards.payments")
                .description("Payments by verdict")
                .tag("verdict", verdict)
                .register(meters);
    }

    private Counter shadow(String inForce, String shadow) {
        return Counter.builder("wadi.cards.compared")
                .description("Payments by what the model in force and its shadow say of them, rules aside")
                .tags("in.force", inForce, "shadow", shadow)
                .register(meters);
    }

    void verdict(boolean isReview) {
        (isReview ? reviewed : accepted).increment();
    }

    void compare(boolean isReview, boolean isReviewOfShadow) {
        compared[(isReview ? 2 : 0) + (isReviewOfShadow ? 1 : 0)].increment();
    }

    void alert(List<Rule> broken, boolean isByModel) {
        broken.forEach(rule -> alerts(rule.label()).increment());
        if (isByModel) {
            alerts(MODEL).increment();
        }
    }

    private Counter alerts(String by) {
        return alerts.computeIfAbsent(
                by,
                each -> Counter.builder("wadi.cards.alerts")
                        .description("Alerts by what raised them; those that several raised are in each")
                        .tag("by", each)
                        .register(meters));
    }

    void notKept() {
        unkept.increment();
    }

    void known(Object task, long many) {
        cards.put(task, many);
    }

    void end(Object task) {
        cards.remove(task);
    }
}
