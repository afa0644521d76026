package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.testing.Rounds;
import java.time.Duration;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** Evaluates jq expressions as streams files do. */
final class JqExpressions {
    /** The divisor of the limits on characters and copies, and of the inputs that exceed them. */
    static final int REDUCED = Rounds.of(16, 1);

    static final long CHARACTERS = EvaluationLimits.MAX_CHARACTERS / REDUCED;
    static final long COPIES = EvaluationLimits.MAX_COPIES / REDUCED;
    static final Duration SEARCH = Duration.ofSeconds(Rounds.of(1, (int) EvaluationLimits.MAX_SEARCH.toSeconds()));

    private static final CamelContext CAMEL = new DefaultCamelContext();

    private JqExpressions() {}

    static FlowExpression jq(String text) {
        return FlowExpression.of(CAMEL, "map", "jq", text, false);
    }

    /** Returns the result for a value as JSON. */
    static String result(String jq, String json) {
        return new String(ValueType.JSON.write(record(json).valueOf(jq(jq))), UTF_8);
    }

    /** Returns the reason why a value is rejected. */
    static String rejection(String jq, String json) {
        EvaluatedRecord event = record(json);
        RejectedRecordException rejected =
                catchThrowableOfType(RejectedRecordException.class, () -> event.valueOf(jq(jq)));
        return rejected == null ? "accepted" : rejected.getMessage().replace("map (jq " + jq + "): ", "");
    }

    /** Returns the reason why a value is rejected, with smaller limits in the default lane. */
    static String rejectionByReducedLimits(String jq, String json) {
        return rejection(jq, json, new EvaluationLimits(CHARACTERS, EvaluationLimits.MAX_SEARCH, COPIES));
    }

    /** Returns the reason why a value is rejected, with less time for searches in the default lane. */
    static String rejectionByShorterSearch(String jq, String json) {
        return rejection(jq, json, new EvaluationLimits(CHARACTERS, SEARCH, COPIES));
    }

    private static String rejection(String jq, String json, EvaluationLimits limits) {
        EvaluationLimits.use(limits);
        try {
            return rejection(jq, json);
        } finally {
            EvaluationLimits.use(new EvaluationLimits());
        }
    }

    static EvaluatedRecord record(String json) {
        EvaluatedRecord event = new EvaluatedRecord(CAMEL, Set.of());
        event.value(ValueType.JSON.readTree(json.getBytes(UTF_8)), null);
        return event;
    }
}
