package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
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
        requireFree(
                settings.get(WadiSettings.HTTP_HOST),
                settings.get(WadiSettings.HTTP_PORT).intValue(),
                settings.get(WadiSettings.MANAGEMENT_HOST),
                settings.get(WadiSettings.MANAGEMENT_PORT).intValue());
    }

    /** Binds both ports at the same time, since servers of one process could share a port. */
    static void requireFree(String eventHost, int eventPort, String managementHost, int managementPort) {
        try (ServerSocket events = new ServerSocket();
                ServerSocket management = new ServerSocket()) {
            bind(events, WadiSettings.HTTP_HOST, eventHost, WadiSettings.HTTP_PORT, eventPort);
            if (managementPort == eventPort && managementHost.equals(eventHost)) {
                throw new NotStartedException(
                        ExitCode.CONFIGURATION,
                        "%s=%d: %s is the same port; set another one"
                                .formatted(
                                        WadiSettings.MANAGEMENT_PORT.name(),
                                        managementPort,
                                        WadiSettings.HTTP_PORT.name()));
            }
            bind(
                    management,
                    WadiSettings.MANAGEMENT_HOST,
                    managementHost,
                    WadiSettings.MANAGEMENT_PORT,
                    managementPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void bind(
            ServerSocket probe, Setting<String> hostSetting, String host, Setting<Long> portSetting, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new NotStartedException(
                    ExitCode.CONFIGURATION,
                    "%s=%s: host not found; expected an address of this machine".formatted(hostSetting.name(), host));
        }
        try {
            probe.bind(address);
        } catch (IOException e) {
            throw new NotStartedException(
                    ExitCode.UNAVAILABLE,
                    "%s=%d: cannot bind the port at %s: %s; stop the other process or set another port"
                            .formatted(portSetting.name(), port, host, e.getMessage()));
        }
    }
}
