package io.wadi.bench.siege;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** The process of all hostile clients. One event loop attacks for a time; then the outcome of each kind is written. */
public final class Attackers {
    /** Printed when all bodies are created and the attack begins. */
    public static final String BEGINS = "The attack begins";

    private static final long TICK_MS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Attackers() {}

    /**
     * Attacks a target. Arguments: its port, whether it has TLS, the management port, the topic, the seconds, the file
     * for the outcome, and the kinds.
     */
    public static void main(String[] args) throws Exception {
        Target target = new Target(
                Integer.parseInt(args[0]), Boolean.parseBoolean(args[1]), Integer.parseInt(args[2]), args[3]);
        long seconds = Long.parseLong(args[4]);
        List<HostileKind> kinds = HostileKind.named(List.of(args[6].split(",", -1)));
        // Creates the bodies that take time to create.
        kinds.forEach(each -> each.volley().of(new Shot(target, 0, 0)));
        NioEventLoopGroup group = new NioEventLoopGroup(1);
        try {
            System.out.println(BEGINS);
            ObjectNode outcome = attack(target, kinds, seconds, group.next());
            Files.writeString(Path.of(args[5]), JSON.writeValueAsString(outcome));
        } finally {
            // Does not wait for requests that are still open.
            Runtime.getRuntime().halt(0);
        }
    }

    private static ObjectNode attack(Target target, List<HostileKind> kinds, long seconds, EventLoop loop)
            throws Exception {
        List<Squad> squads = new ArrayList<>();
        for (HostileKind kind : kinds) {
            squads.add(new Squad(kind, squads.size() + 1, target, loop, tls(kind.protocol())));
        }
        loop.scheduleAtFixedRate(
                () -> squads.forEach(each -> each.tick(System.nanoTime())), 0, TICK_MS, TimeUnit.MILLISECONDS);
        return loop.schedule(() -> outcome(squads), seconds, TimeUnit.SECONDS).get();
    }

    private static SslContext tls(Protocol protocol) throws SSLException {
        SslContextBuilder tls = SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE);
        if (protocol == Protocol.HTTP2) {
            tls.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2));
        }
        return tls.build();
    }

    private static ObjectNode outcome(List<Squad> squads) throws IOException {
        ObjectNode all = JSON.createObjectNode();
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            all.put("cpu_s", system.getProcessCpuTime() / 1e9);
        }
        ObjectNode kinds = all.putObject("kinds");
        squads.forEach(each -> kinds.set(each.kind().name(), each.outcome().json(JSON, each.open())));
        return all;
    }
}
