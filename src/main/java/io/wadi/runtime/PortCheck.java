package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The ports that Wadi takes, looked at before anything starts: Camel's server only logs that it could not bind one, and goes on without it. */
public final class PortCheck {
    private PortCheck() {}

    /**
     * Goes on where they can be bound.
     *
     * @throws NotStartedException with the first that cannot
     */
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
                    "%s=%d: the port cannot be bound at %s: %s; free it or set another"
                            .formatted(setting.name(), port, host, e.getMessage()));
        }
    }
}
