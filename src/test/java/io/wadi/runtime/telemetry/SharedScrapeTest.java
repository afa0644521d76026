package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SharedScrapeTest {
    private static final long COST = TimeUnit.MILLISECONDS.toNanos(100);

    private long now = Long.MAX_VALUE - 5;
    private long cpuTime;
    private int written;
    private final SharedScrape scrape = new SharedScrape(this::write, () -> now, () -> cpuTime);

    private String write() {
        now += COST;
        cpuTime += COST;
        written++;
        return "text " + written;
    }

    @Test
    void text_isRewrittenUntilTwoSecondsOfWritingAreUsed() {
        // A twentieth of the time spent writing is credited.
        for (int text = 1; text <= 22; text++) {
            assertThat(scrape.text()).isEqualTo("text " + text);
        }
        assertThat(scrape.text()).isEqualTo("text 22");
        assertThat(scrape.text()).isEqualTo("text 22");
    }

    @Test
    void continuousScraping_usesAtMostATwentiethOfTheTime() {
        long start = now;
        while (now - start < TimeUnit.SECONDS.toNanos(1000)) {
            scrape.text();
            now += TimeUnit.MILLISECONDS.toNanos(1);
        }

        assertThat(written * COST / 1e9).isBetween(50.0, 53.0);
    }

    @Test
    void timeWithoutCpu_isNotCharged() {
        SharedScrape paused = new SharedScrape(
                () -> {
                    now += TimeUnit.MINUTES.toNanos(10);
                    return write();
                },
                () -> now,
                () -> cpuTime);

        assertThat(paused.text()).isEqualTo("text 1");
        assertThat(paused.text()).isEqualTo("text 2");
    }

    @Test
    void concurrentRequests_shareTexts() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> all = Collections.nCopies(200, scrape::text);
            for (Future<String> text : clients.invokeAll(all)) {
                assertThat(text.get(2, TimeUnit.MINUTES)).startsWith("text ");
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(written).isLessThan(30);
    }
}
