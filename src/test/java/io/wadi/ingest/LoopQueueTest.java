package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopQueueTest {
    @Test
    void whatComesBeforeTheLoopLooks_isHandedOverAtOnce() {
        Queue<Runnable> loop = new ArrayDeque<>();
        List<List<Integer>> taken = new ArrayList<>();
        LoopQueue<Integer> queue = new LoopQueue<>(loop::add, taken::add);

        queue.add(1);
        queue.add(2);
        assertThat(loop).hasSize(1);
        loop.remove().run();
        queue.add(3);
        assertThat(loop).hasSize(1);
        loop.remove().run();

        assertThat(taken).containsExactly(List.of(1, 2), List.of(3));
    }

    @Test
    void whatIsAddedWhileTaking_comesNext() {
        Queue<Runnable> loop = new ArrayDeque<>();
        List<Integer> taken = new ArrayList<>();
        List<LoopQueue<Integer>> itself = new ArrayList<>();
        LoopQueue<Integer> queue = new LoopQueue<>(loop::add, some -> {
            taken.addAll(some);
            if (taken.size() < 3) {
                itself.get(0).add(taken.size() + 1);
            }
        });
        itself.add(queue);

        queue.add(1);
        while (!loop.isEmpty()) {
            loop.remove().run();
        }

        assertThat(taken).containsExactly(1, 2, 3);
    }

    @Test
    void fromManyThreads_nothingIsLostAndEachThreadKeepsItsOrder() throws Exception {
        int threads = 4;
        int each = 50_000;
        ExecutorService loop = Executors.newSingleThreadExecutor();
        List<int[]> taken = new ArrayList<>();
        LoopQueue<int[]> queue = new LoopQueue<>(loop, taken::addAll);
        List<Thread> adding = IntStream.range(0, threads)
                .mapToObj(thread -> new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        queue.add(new int[] {thread, i});
                    }
                }))
                .toList();

        adding.forEach(Thread::start);
        for (Thread thread : adding) {
            thread.join();
        }
        loop.shutdown();
        assertThat(loop.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

        int[] next = new int[threads];
        for (int[] element : taken) {
            assertThat(element[1]).isEqualTo(next[element[0]]++);
        }
        assertThat(next).containsOnly(each);
    }
}
