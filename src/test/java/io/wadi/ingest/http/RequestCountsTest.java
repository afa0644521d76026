package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestCountsTest {
    @Test
    void responses_areCountedByClass_alsoWithAnInvalidStatus() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        RequestCounts counts = new RequestCounts(meters, "/orders");

        IntStream.of(200, 204, 404, 503, 600, 999, 42, -1).forEach(counts::answered);

        assertThat(IntStream.rangeClosed(1, 5)
                        .mapToObj(status -> meters.get("wadi.ingest.requests")
                                .tags("path", "/orders", "status", status + "xx")
                                .counter()
                                .count()))
                .containsExactly(2.0, 2.0, 0.0, 1.0, 3.0);
    }
}
