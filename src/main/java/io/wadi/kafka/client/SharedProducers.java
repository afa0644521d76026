package io.wadi.kafka.client;

import io.wadi.kafka.producer.FlowProducer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/** The producers shared by endpoints with equal settings; each is closed when its last user closes it. Thread-safe. */
final class SharedProducers {
    /** The default {@code delivery.timeout.ms}. */
    static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

    private final Map<Properties, Shared> open = new HashMap<>();
    private Supplier<Map<String, Map<String, String>>> topics = Map::of;

    private static final class Shared {
        private FlowProducer producer;
        private int users;
    }

    /**
     * Sets the source of the settings that topics declare themselves; see {@link FlowProducer}. It is read for each new
     * producer.
     */
    synchronized void setTopics(Supplier<Map<String, Map<String, String>>> topics) {
        this.topics = topics;
    }

    /** Returns the producer with these settings. Each caller closes it once. */
    synchronized Producer<Object, Object> get(Properties settings) {
        Shared shared = open.computeIfAbsent(settings, key -> new Shared());
        if (shared.producer == null) {
            shared.producer = new FlowProducer(settings, topics.get(), () -> release(settings));
        }
        shared.users++;
        return shared.producer;
    }

    private void release(Properties settings) {
        FlowProducer last = null;
        synchronized (this) {
            Shared shared = open.get(settings);
            if (shared != null && --shared.users == 0) {
                open.remove(settings);
                last = shared.producer;
            }
        }
        if (last != null) {
            last.closeForGood();
        }
    }
}
