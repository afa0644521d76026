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
    private long now = Long.MAX_VALUE - 5;
    private long cost = 10;
    private int written;
    private final SharedScrape scrape = new SharedScrape(this::write, () -> now);

    private String write() {
        now += cost;
        written++;
        return "text " + written;
    }

    @Test
    void text_isUsedForNineTimesAsLongAsItTookToWrite() {
        assertThat(scrape.text()).isEqualTo("text 1");
        now += 89;
        assertThat(scrape.text()).isEqualTo("text 1");
        now += 1;
        assertThat(scrape.text()).isEqualTo("text 2");
        now += 1000;
        assertThat(scrape.text()).isEqualTo("text 3");
    }

    @Test
    void textThatTookLongToWrite_isUsedForAQuarterOfASecond() {
        cost = TimeUnit.SECONDS.toNanos(1);
        assertThat(scrape.text()).isEqualTo("text 1");
        now += TimeUnit.MILLISECONDS.toNanos(249);
        assertThat(scrape.text()).isEqualTo("text 1");
        now += TimeUnit.MILLISECONDS.toNanos(1);
        assertThat(scrape.text()).isEqualTo("text 2");
    }

    @Test
    void concurrentRequests_getOneText() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> all = Collections.nCopies(200, scrape::text);
            for (Future<String> text : clients.invokeAll(all)) {
                assertThat(text.get(2, TimeUnit.MINUTES)).isEqualTo("text 1");
            }
        } finally {
            clients.shutdownNow();
        }
    }
}
