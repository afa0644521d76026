package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Causes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TopicMonitorTest {
    /** Caffeine's logger, which does not use Logback. */
    private static final Logger CACHE = Logger.getLogger("com.github.benmanes.caffeine.cache.LocalAsyncCache");

    @AutoClose
    private final TopicMonitor monitor = new TopicMonitor(() -> {
        throw new KafkaException("planned");
    });

    private Throwable failure() {
        return Causes.unwrap(monitor.topic("a").handle((topic, error) -> error).join());
    }

    /** Otherwise each request of a client that polls a deleted topic would write a stack trace. */
    @Test
    void failure_isCached_andNotLoggedByTheCache() {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logRecord) {
                logged.add(logRecord);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        CACHE.addHandler(handler);
        try {
            assertThat(failure()).hasMessage("planned");
            await().untilAsserted(() -> {
                Throwable first = failure();
                assertThat(failure()).isSameAs(first);
            });
        } finally {
            CACHE.removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }
}
