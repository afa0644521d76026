package io.wadi.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/** An admin client that its first use creates. Thread-safe. */
public final class AdminOnDemand implements AutoCloseable {
    private final Supplier<Properties> settings;
    private Admin admin;

    public AdminOnDemand(Supplier<Properties> settings) {
        this.settings = settings;
    }

    /** Returns the client, the same until {@link #close}. */
    public synchronized Admin get() {
        if (admin == null) {
            admin = Admin.create(settings.get());
        }
        return admin;
    }

    /** Closes the client, if there is one, without waiting for its requests. */
    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
