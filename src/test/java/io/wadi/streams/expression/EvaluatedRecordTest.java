package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.FutureTask;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class EvaluatedRecordTest {
    private final CamelContext camel = new DefaultCamelContext();
    private final EvaluatedRecord event = new EvaluatedRecord(camel, Set.of());

    private FlowExpression jq(String text) {
        return FlowExpression.of(camel, "map", "jq", text, false);
    }

    private void value(String json) {
        event.value(ValueType.JSON.readTree(json.getBytes(UTF_8)), null);
    }

    private String result(String jq, String json) {
        value(json);
        return new String(ValueType.JSON.write(event.valueOf(jq(jq))), UTF_8);
    }

    /** A fixed stack, because the JVM's default differs between platforms. */
    private static void runWithSmallStack(Runnable test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(test, null);
        new Thread(null, task, "small-stack", 256 << 10).start();
        task.get();
    }

    @Test
    void expressionThatNeedsMoreStackThanThereIs_isRejectedAndTheNextRecordIsProcessed() throws Exception {
        runWithSmallStack(() -> {
            value("[".repeat(1000) + "]".repeat(1000));
            assertThatThrownBy(() -> event.valueOf(jq("flatten")))
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessage("map (jq flatten): the value is nested too deeply");
            assertThatThrownBy(() -> event.holds(jq("flatten")))
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessageEndingWith("nested too deeply");

            assertThat(result("flatten", "[[1],[[2]]]")).isEqualTo("[1,2]");
        });
    }
}
