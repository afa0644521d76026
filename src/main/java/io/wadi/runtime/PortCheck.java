package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Checks before the start that the ports can be bound. Camel's server only logs a port that it cannot bind, and
 * continues without it.
 */
public final class PortCheck {
    private PortCheck() {}

    /** Throws a {@link NotStartedException} for the first port that cannot be bound. */
    public static void requireFree(Settings settings) {
        requireFree(settings.get(WadiSettings.HTTP_HOST), WadiSettings.HTTP_PORT, settings);
        requireFree(settings.get(WadiSettings.MANAGEMENT_HOST), WadiSettings.MANAGEMENT_PORT, settings);
    }

    private static void requireFree(String host, Setting<Long> setting, Settings settings) {
        int port = settings.get(setting).intValue();
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new NotStartedException(
                    ExitCode.UNAVAILABLE,
                    "%s=%d: cannot bind the port at %s: %s; stop the other process or set another port"
                            .formatted(setting.name(), port, host, e.getMessage()));
        }
    }
}
