package io.wadi.runtime.shutdown;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/**
 * The order in which routes stop. A route stops after all routes that send records to it, so that it can process their
 * work in flight.
 */
final class StopOrder {
    private final List<RouteFlow> flows;
    /** The routes that each route reaches, directly or through others. */
    private final List<BitSet> reached = new ArrayList<>();

    private final int[] phases;

    private StopOrder(List<RouteFlow> flows) {
        this.flows = flows;
        this.phases = new int[flows.size()];
        for (RouteFlow flow : flows) {
            BitSet fed = new BitSet(flows.size());
            for (int other = 0; other < flows.size(); other++) {
                fed.set(other, flow.feeds(flows.get(other)));
            }
            reached.add(fed);
        }
        for (int over = 0; over < flows.size(); over++) {
            for (BitSet from : reached) {
                if (from.get(over)) {
                    from.or(reached.get(over));
                }
            }
        }
    }

    /**
     * Returns the phases of a stop, each with the routes that stop concurrently. A route stops in the earliest possible
     * phase; routes in a cycle stop together.
     */
    static List<List<RouteFlow>> phases(List<RouteFlow> flows) {
        StopOrder order = new StopOrder(flows);
        TreeMap<Integer, List<RouteFlow>> phases = new TreeMap<>();
        for (int route = 0; route < flows.size(); route++) {
            phases.computeIfAbsent(order.phase(route), first -> new ArrayList<>())
                    .add(flows.get(route));
        }
        return List.copyOf(phases.values());
    }

    private int phase(int route) {
        if (phases[route] == 0) {
            int last = 0;
            for (int before = 0; before < flows.size(); before++) {
                if (reached.get(before).get(route) && !reached.get(route).get(before)) {
                    last = Math.max(last, phase(before));
                }
            }
            phases[route] = last + 1;
        }
        return phases[route];
    }
}
