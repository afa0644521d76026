package io.wadi.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * The threads that consume for routes, and when each of them polled last or tried to connect. Camel notices neither that such
 * a thread has ended by an {@code Error} nor that it hangs: the route stays started. Thread-safe.
 */
public final class ConsumerThreads {
    private final Clock clock;
    private final Map<Thread, Sign> signs = new ConcurrentHashMap<>();

    /**
     * A thread's last sign of life.
     *
     * @param failure what ended its work; null as long as it goes on
     */
    private record Sign(String route, Instant at, String failure) {
        String words(Thread thread) {
            return failure == null
                    ? "%s was last seen at %s".formatted(thread.getName(), at)
                    : "%s ended at %s: %s".formatted(thread.getName(), at, failure);
        }
    }

    /** Takes the clock that ages are measured with. */
    public ConsumerThreads(Clock clock) {
        this.clock = clock;
    }

    /** Called by a thread that polls for a route, or connects to do so; at least once in the time given to {@link #gone}. */
    public void seen(String route) {
        signs.put(Thread.currentThread(), new Sign(route, clock.instant(), null));
    }

    /** Called by a thread that polls no more, for good. */
    public void ended(String route, Throwable failure) {
        signs.put(Thread.currentThread(), new Sign(route, clock.instant(), failure.toString()));
    }

    /**
     * Returns the first started route that has fewer working consumer threads than {@code consumersCount}, in words with the
     * threads that are missing; empty where there is none.
     *
     * @param after a thread that gave no sign for this long does not work
     */
    public Optional<String> gone(CamelContext context, Duration after) {
        return context.getRoutes().stream()
                .filter(route ->
                        context.getRouteController().getRouteStatus(route.getRouteId()) == ServiceStatus.Started)
                .map(route -> gone(route, clock.instant().minus(after)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> gone(Route route, Instant oldest) {
        if (!(route.getEndpoint() instanceof KafkaEndpoint endpoint)
                || !endpoint.getConfiguration().getAdditionalProperties().containsKey(RouteWork.ROUTE)) {
            return Optional.empty();
        }
        String id = route.getRouteId();
        Map<Boolean, List<Thread>> threads = signs.entrySet().stream()
                .filter(each -> each.getValue().route().equals(id))
                .collect(Collectors.partitioningBy(
                        each -> works(each.getKey(), each.getValue(), oldest),
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        int working = threads.get(true).size();
        int expected = endpoint.getConfiguration().getConsumersCount();
        if (working >= expected) {
            // Those of the route before it was stopped and started again.
            signs.keySet().removeAll(threads.get(false));
            return Optional.empty();
        }
        return Optional.of("route %s: %d of its %d consumer threads work; %s"
                .formatted(
                        id,
                        working,
                        expected,
                        threads.get(false).isEmpty()
                                ? "the others were never seen"
                                : threads.get(false).stream()
                                        .map(thread -> signs.get(thread).words(thread))
                                        .sorted()
                                        .collect(Collectors.joining("; "))));
    }

    private static boolean works(Thread thread, Sign sign, Instant oldest) {
        return sign.failure() == null && thread.isAlive() && !sign.at().isBefore(oldest);
    }
}
