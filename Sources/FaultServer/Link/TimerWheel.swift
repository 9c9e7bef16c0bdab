import NIOCore

/// The timers of one event loop, behind one of the loop's own (Varghese and Lauck, "Hashed and Hierarchical Timing
/// Wheels", 1987).
///
/// Timers of the same tick fire together, so that a loop with thousands of slow streams wakes once for many; and to
/// set or cancel one costs the same however many others there are.
final class TimerWheel {
    private let loop: any EventLoop
    private var slots: [NIODeadline: [Timer]] = [:]
    /// Of each slot, the next one last.
    private var moments: [NIODeadline] = []
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

    init(loop: any EventLoop) { self.loop = loop }

    var now: NIODeadline { self.loop.now }

    /// Fires once, at the first multiple of a tick that is not before a moment.
    func set(
        at moment: NIODeadline, tick: TimeAmount, _ action: @escaping () -> Void
    ) -> Timer {
        let timer = Timer(self, at: moment.roundedUp(to: tick), action)
        let index = self.slots[timer.moment]?.count ?? 0
        timer.index = index
        self.slots[timer.moment, default: []].append(timer)
        if index == 0 {
            self.moments.insert(timer.moment, at: self.place(of: timer.moment))
            self.setAlarm()
        }
        return timer
    }

    /// Fires once, when a time limit is over, or up to a hundredth of it later.
    func set(in limit: TimeAmount, _ action: @escaping () -> Void) -> Timer {
        self.set(at: self.now + limit, tick: max(limit / 100, .milliseconds(1)), action)
    }

    fileprivate func remove(_ timer: Timer) {
        let moment = timer.moment
        guard let index = timer.index, let last = self.slots[moment]?.popLast() else { return }
        timer.index = nil
        if last !== timer {
            last.index = index
            self.slots[moment]?[index] = last
        } else if index == 0 {
            self.slots[moment] = nil
            self.moments.remove(at: self.place(of: moment))
        }
    }

    private func fire() {
        self.alarm = nil
        while let moment = self.moments.last, moment <= self.now {
            self.moments.removeLast()
            let timers = self.slots.removeValue(forKey: moment) ?? []
            // One may cancel others of its slot.
            timers.forEach { $0.index = nil }
            timers.forEach { $0.fire() }
        }
        self.setAlarm()
    }

    /// The loop's timer is never too late; one that was set for a timer that is gone by now finds nothing.
    private func setAlarm() {
        guard let moment = self.moments.last else { return }
        if let alarm {
            guard moment < alarm.at else { return }
            alarm.task.cancel()
        }
        let task = self.loop.assumeIsolated().scheduleTask(deadline: moment) { self.fire() }
        self.alarm = (moment, task)
    }

    /// Where a moment is among the others, or would be.
    private func place(of moment: NIODeadline) -> Int {
        var places = 0..<self.moments.count
        while !places.isEmpty {
            let middle = (places.lowerBound + places.upperBound) / 2
            if self.moments[middle] > moment {
                places = middle + 1..<places.upperBound
            } else {
                places = places.lowerBound..<middle
            }
        }
        return places.lowerBound
    }
}

/// One timer of a wheel. It lives until it has fired or was cancelled, whoever holds it.
final class Timer {
    fileprivate let moment: NIODeadline
    /// Its place in its slot; nil once it is in none.
    fileprivate var index: Int?
    private unowned let wheel: TimerWheel
    private var action: (() -> Void)?

    fileprivate init(
        _ wheel: TimerWheel, at moment: NIODeadline, _ action: @escaping () -> Void
    ) {
        self.wheel = wheel
        self.moment = moment
        self.action = action
    }

    func cancel() {
        self.action = nil
        self.wheel.remove(self)
    }

    fileprivate func fire() {
        // Cleared first: what it holds may hold the timer.
        let action = self.action
        self.action = nil
        action?()
    }
}

extension NIODeadline {
    /// The first multiple of a time on this clock that is not before this moment.
    func roundedUp(to tick: TimeAmount) -> NIODeadline {
        let tick = UInt64(tick.nanoseconds)
        return .uptimeNanoseconds((self.uptimeNanoseconds + tick - 1) / tick * tick)
    }
}

@available(*, unavailable)
extension TimerWheel: Sendable {}

@available(*, unavailable)
extension Timer: Sendable {}
