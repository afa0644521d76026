package io.wadi.kafka;

import io.wadi.runtime.health.SteadyClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * The routes' consumer threads, with the time of their last poll or attempt to connect. Camel does not detect that such
 * a thread hangs or has ended with an {@code Error}: the route's status remains started. Thread-safe.
 */
public final class ConsumerThreads {
    private final Clock clock = SteadyClock.instance();
    private final Map<Thread, Activity> activities = new ConcurrentHashMap<>();
    private final Map<Thread, PollFailure> pollFailures = new ConcurrentHashMap<>();

    /**
     * The last poll failure of a thread.
     *
     * @param since the time of the first failure after the last successful poll
     */
    private record PollFailure(String route, Instant since, String reason) {}

    /**
     * A thread's last activity.
     *
     * @param failure the error that ended the thread; null while it runs
     */
    private record Activity(String route, Instant at, String failure) {
        String describe(Thread thread) {
            return failure == null
                    ? "%s was last active at %s".formatted(thread.getName(), at)
                    : "%s ended at %s: %s".formatted(thread.getName(), at, failure);
        }
    }

    /**
     * Records that the current thread polls or connects for a route. Must be called more often than the timeout of
     * {@link #findMissing}.
     */
    public void active(String route) {
        activities.put(Thread.currentThread(), new Activity(route, clock.instant(), null));
    }

    /** Records that the current thread has stopped polling for good. */
    public void ended(String route, Throwable failure) {
        activities.put(Thread.currentThread(), new Activity(route, clock.instant(), failure.toString()));
    }

    /** Records that a poll of the current thread has failed. */
    public void pollFailed(String route, Exception failure) {
        pollFailures.compute(
                Thread.currentThread(),
                (thread, earlier) -> new PollFailure(
                        route, earlier == null ? clock.instant() : earlier.since(), Causes.inShort(failure)));
    }

    /** Records that a poll of the current thread has succeeded. */
    public void polled() {
        pollFailures.remove(Thread.currentThread());
    }

    /** Describes why the polls of a route fail; empty if they succeed. */
    public Optional<String> pollFailure(String route) {
        pollFailures.keySet().removeIf(thread -> !thread.isAlive());
        return pollFailures.values().stream()
                .filter(each -> each.route().equals(route))
                .findFirst()
                .map(each -> "polls fail since %s: %s".formatted(each.since(), each.reason()));
    }

    /**
     * Describes the first started route that has fewer active consumer threads than {@code consumersCount}, with the
     * missing threads; empty if there is none.
     *
     * @param timeout the time without activity after which a thread counts as missing
     */
    public Optional<String> findMissing(CamelContext context, Duration timeout) {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (Route route : context.getRoutes()) {
            if (context.getRouteController().getRouteStatus(route.getRouteId()) == ServiceStatus.Started
                    && Intercepted.original(route.getEndpoint()) instanceof KafkaEndpoint endpoint) {
                KafkaConfiguration configuration = endpoint.getConfiguration();
                // Routes with equal URIs share their endpoint, and their threads the id that it has.
                Object id = configuration.getAdditionalProperties().get(RouteControl.ROUTE);
                if (id != null) {
                    expected.merge(id.toString(), configuration.getConsumersCount(), Integer::sum);
                }
            }
        }
        activities
                .entrySet()
                .removeIf(each -> !each.getKey().isAlive()
                        && !expected.containsKey(each.getValue().route()));
        Instant oldest = clock.instant().minus(timeout);
        return expected.entrySet().stream()
                .map(each -> findMissing(each.getKey(), each.getValue(), oldest))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> findMissing(String route, int expected, Instant oldest) {
        Map<Boolean, List<Map.Entry<Thread, Activity>>> threads = activities.entrySet().stream()
                .filter(each -> each.getValue().route().equals(route))
                .collect(Collectors.partitioningBy(each -> isActive(each.getKey(), each.getValue(), oldest)));
        int active = threads.get(true).size();
        List<Map.Entry<Thread, Activity>> others = threads.get(false);
        if (active >= expected) {
            // These threads ran the route before it was restarted.
            others.forEach(each -> activities.remove(each.getKey(), each.getValue()));
            return Optional.empty();
        }
        return Optional.of("route %s: %d of %d consumer threads are active; %s"
                .formatted(
                        route,
                        active,
                        expected,
                        others.isEmpty()
                                ? "the others never polled"
                                : others.stream()
                                        .map(each -> each.getValue().describe(each.getKey()))
                                        .sorted()
                                        .collect(Collectors.joining("; "))));
    }

    private static boolean isActive(Thread thread, Activity last, Instant oldest) {
        return last.failure() == null && thread.isAlive() && !last.at().isBefore(oldest);
    }
}
