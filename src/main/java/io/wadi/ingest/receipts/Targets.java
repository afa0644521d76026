package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.Intercepted;
import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.targets.RecordTarget;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaEndpoint;

/** The targets of records, in the order of responses. */
record Targets(CamelContext routes, Supplier<Set<RecordTarget>> bound) {
    /** Orders {@code landed} before {@code indexed}. */
    private static final Comparator<RecordTarget> ORDER =
            Comparator.comparing(RecordTarget::name).reversed();

    private static final String PARTICIPLE = "ed";

    List<RecordTarget> all() {
        return bound.get().stream().sorted(ORDER).toList();
    }

    /**
     * Returns whether a dead letter comes from a route of a target. A route of this process belongs to the target that
     * has its consumer group. For routes of other processes only the id is known: the ids of landing routes are
     * expected to begin with {@code land} and those of indexing routes with {@code index}, as the shipped ones do.
     */
    boolean isFrom(Rejection rejection, RecordTarget target, String topic) {
        Optional<Route> route = ReplacedRoutes.all(routes).stream()
                .filter(each -> each.getRouteId().equals(rejection.route()))
                .findFirst();
        if (route.isPresent() && Intercepted.original(route.get().getEndpoint()) instanceof KafkaEndpoint input) {
            return Optional.ofNullable(input.getConfiguration().getGroupId()).equals(target.group(topic));
        }
        String verb = target.name().substring(0, target.name().length() - PARTICIPLE.length());
        return rejection.route().startsWith(verb);
    }
}
