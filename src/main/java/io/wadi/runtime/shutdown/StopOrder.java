package io.wadi.runtime.shutdown;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/** In which order routes stop: each after all that give it work, so that what has been begun still finds who goes on with it. */
final class StopOrder {
    private final List<RouteFlow> flows;
    /** Of each route those that its work may reach, over others too. */
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
     * The phases of a stop, each with the routes that stop at a time, in the order given. A route comes as early as it can;
     * routes that feed each other in a circle stop together.
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

    /** From 1. */
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
