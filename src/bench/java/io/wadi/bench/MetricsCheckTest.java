package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Comparator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MetricsCheckTest {
    private static final long DOCUMENTS = 5_000;

    private final MetricFleet fleet = new MetricFleet();
    private final MetricsCheck documents = new MetricsCheck(fleet, MetricOutput.CPU, DOCUMENTS);
    private final MetricsCheck alerts = new MetricsCheck(fleet, MetricOutput.MEMORY_ALERT, DOCUMENTS);

    private LongStream of(MetricOutput output) {
        return LongStream.range(0, DOCUMENTS).filter(output::takes);
    }

    private void document(long number) {
        documents.accept(fleet.key(number), fleet.document(number));
    }

    @Test
    void allOnce_isRight() {
        of(MetricOutput.CPU).forEach(this::document);
        of(MetricOutput.MEMORY_ALERT).forEach(number -> alerts.accept(fleet.key(number), fleet.alert(number)));

        assertThatCode(() -> documents.finish("cpu")).doesNotThrowAnyException();
        assertThatCode(() -> alerts.finish("alerts")).doesNotThrowAnyException();
    }

    @Test
    void oneMissing_oneDoubled_oneLate_areReported() {
        long[] numbers = of(MetricOutput.CPU).toArray();
        for (int i = numbers.length - 1; i > 0; i--) {
            document(numbers[i]);
        }
        document(numbers[1]);

        assertThatThrownBy(() -> documents.finish("cpu"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cpu: of 2,000 records 1 are missing; 1 are duplicated, ")
                .hasMessageContaining(" and 0 are unexpected");
    }

    @Test
    void ordersOfDifferentHosts_areTheirOwn() {
        of(MetricOutput.CPU)
                .boxed()
                .sorted(Comparator.<Long>comparingLong(number -> number % MetricFleet.HOSTS)
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(this::document);

        assertThatThrownBy(() -> {
                    document(0);
                    documents.finish("cpu");
                })
                .hasMessageContaining("1 are duplicated, 1 are behind a later one of their host");
    }

    @Test
    void whatShouldNotBeThere_isReportedWithAnExample() {
        of(MetricOutput.MEMORY_ALERT).forEach(number -> alerts.accept(fleet.key(number), fleet.alert(number)));
        long notOver = of(MetricOutput.MEMORY)
                .filter(number -> !MetricFleet.isOver(number))
                .findFirst()
                .orElseThrow();
        alerts.accept(fleet.key(notOver), fleet.alert(notOver));
        long over = of(MetricOutput.MEMORY_ALERT).findFirst().orElseThrow();
        alerts.accept(
                fleet.key(over),
                new String(fleet.alert(over), UTF_8).replace("linux", "other").getBytes(UTF_8));
        alerts.accept(null, "{\"timestamp\":\"today\"}".getBytes(UTF_8));

        assertThatThrownBy(() -> alerts.finish("alerts"))
                .hasMessageContaining(" 0 are missing; 0 are duplicated, ")
                .hasMessageContaining(" and 3 are unexpected or different, such as {\"name\":");
    }
}
