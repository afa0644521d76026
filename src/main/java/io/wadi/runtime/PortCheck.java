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
        requireFree(WadiSettings.HTTP_HOST, WadiSettings.HTTP_PORT, settings);
        requireFree(WadiSettings.MANAGEMENT_HOST, WadiSettings.MANAGEMENT_PORT, settings);
    }

    private static void requireFree(Setting<String> host, Setting<Long> port, Settings settings) {
        requireFree(host, settings.get(host), port, settings.get(port).intValue());
    }

    static void requireFree(Setting<String> hostSetting, String host, Setting<Long> portSetting, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new NotStartedException(
                    ExitCode.CONFIGURATION,
                    "%s=%s: host not found; expected an address of this machine".formatted(hostSetting.name(), host));
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(address);
        } catch (IOException e) {
            throw new NotStartedException(
                    ExitCode.UNAVAILABLE,
                    "%s=%d: cannot bind the port at %s: %s; stop the other process or set another port"
                            .formatted(portSetting.name(), port, host, e.getMessage()));
        }
    }
}
