package io.wadi.kafka.client;

import io.wadi.kafka.producer.FlowProducer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.Producer;

/** One producer for all who ask for the same settings; closed when the last of them has closed it. Thread-safe. */
public final class SharedProducers {
    /** How long a producer tries to deliver a record where its endpoint does not say otherwise. */
    static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

    private final Map<Properties, Shared> open = new HashMap<>();

    private static final class Shared {
        private FlowProducer producer;
        private int users;
    }

    /** A producer with these settings; to be closed once by each who got it. */
    public synchronized Producer<Object, Object> get(Properties settings) {
        Shared shared = open.computeIfAbsent(settings, key -> new Shared());
        if (shared.producer == null) {
            shared.producer = new FlowProducer(settings, () -> release(settings));
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
