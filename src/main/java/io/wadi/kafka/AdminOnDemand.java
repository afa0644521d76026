package io.wadi.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** A Kafka admin client that is created on first use. Thread-safe. */
public final class AdminOnDemand implements AutoCloseable {
    private final Supplier<Properties> settings;
    private Admin admin;

    public AdminOnDemand(Supplier<Properties> settings) {
        this.settings = settings;
    }

    /** Returns the client, the same one until {@link #close}. The first call creates it. */
    public synchronized Admin get() {
        if (admin == null) {
            admin = Admin.create(settings.get());
        }
        return admin;
    }

    /** Closes the client without waiting for its requests; does nothing if none was created. */
    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
