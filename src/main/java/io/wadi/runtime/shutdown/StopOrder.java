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
    private final List<BitSet> reached;

    private final int[] phases;

    private interface Edge {
        boolean exists(int from, int to);
    }

    private StopOrder(List<RouteFlow> flows) {
        this.flows = flows;
        this.phases = new int[flows.size()];
        List<BitSet> byName = reached((from, to) -> flows.get(from).feedsByName(flows.get(to)));
        // An output to any endpoint does not make a cycle of routes whose order is known.
        this.reached = reached((from, to) -> flows.get(from).feeds(flows.get(to))
                && (!byName.get(to).get(from) || flows.get(from).feedsByName(flows.get(to))));
    }

    private List<BitSet> reached(Edge edge) {
        List<BitSet> closure = new ArrayList<>();
        for (int from = 0; from < flows.size(); from++) {
            BitSet fed = new BitSet(flows.size());
            for (int to = 0; to < flows.size(); to++) {
                fed.set(to, edge.exists(from, to));
            }
            closure.add(fed);
        }
        for (int over = 0; over < flows.size(); over++) {
            for (BitSet from : closure) {
                if (from.get(over)) {
                    from.or(closure.get(over));
                }
            }
        }
        return closure;
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
