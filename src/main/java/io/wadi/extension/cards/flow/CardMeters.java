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
 * The meters of card payments. The payments of a transaction that is aborted and repeated are counted twice.
 * Thread-safe.
 */
public final class CardMeters {
    private static final String ACCEPT = "accept";
    private static final String REVIEW = "review";
    private static final String MODEL = "model";

    private final MeterRegistry meters;
    private final Counter accepted;
    private final Counter reviewed;
    /** By the decision of the active model, then of the shadow. */
    private final Counter[] compared;

    private final Counter notStored;
    private final Map<String, Counter> alerts = new ConcurrentHashMap<>();
    private final Map<Object, Long> cards = new ConcurrentHashMap<>();

    public CardMeters(MeterRegistry meters, ActiveModels models) {
        this.meters = meters;
        accepted = decisions(ACCEPT);
        reviewed = decisions(REVIEW);
        compared = new Counter[] {
            shadow(ACCEPT, ACCEPT), shadow(ACCEPT, REVIEW), shadow(REVIEW, ACCEPT), shadow(REVIEW, REVIEW)
        };
        for (Rule each : Rule.values()) {
            alerts(each.label());
        }
        alerts(MODEL);
        notStored = Counter.builder("wadi.cards.untracked")
                .description("Payments evaluated without a history because the limit of cards is reached")
                .register(meters);
        gauge("wadi.cards.model", "Version of the active model; 0 for none", models, ActiveModels::version);
        gauge("wadi.cards.shadow.model", "Version of the shadow model; 0 for none", models, ActiveModels::shadow);
        gauge(
                "wadi.cards.model.valid",
                "1 if the selected models are running, 0 if one is invalid or unreadable",
                models,
                each -> each.problem().isEmpty() ? 1 : 0);
        Gauge.builder(
                        "wadi.cards.known",
                        this,
                        all -> all.cards.values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .description("Card histories in this process")
                .register(meters);
    }

    private void gauge(String name, String description, ActiveModels models, ToDoubleFunction<ActiveModels> value) {
        Gauge.builder(name, models, value).description(description).register(meters);
    }

    private Counter decisions(String decision) {
        return Counter.builder("wadi.cards.payments")
                .description("Payments by decision")
                .tag("decision", decision)
                .register(meters);
    }

    private Counter shadow(String active, String shadow) {
        return Counter.builder("wadi.cards.compared")
                .description("Payments by the decisions of the active and the shadow model, without rules")
                .tags("active", active, "shadow", shadow)
                .register(meters);
    }

    void decision(boolean isReview) {
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
                        .description("Alerts by rule or model; an alert of several causes counts once for each")
                        .tag("by", each)
                        .register(meters));
    }

    void notStored() {
        notStored.increment();
    }

    void known(Object task, long many) {
        cards.put(task, many);
    }

    void end(Object task) {
        cards.remove(task);
    }
}
