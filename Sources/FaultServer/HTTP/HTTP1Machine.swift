import FaultKit
import NIOCore

/// The order of things on one HTTP/1 connection: which request is answered when, what is refused, and
/// when it ends. Pure: parts of requests in, actions out.
///
/// A request is answered once it was read whole. Those behind it (pipelining, RFC 9112 §9.3.2) wait
/// in a queue, which is bounded because nothing is read while it holds one.
struct HTTP1Machine {
    enum Action: Equatable {
        case respond(Request, keepAlive: Bool)
        /// Answer with an error that the client earned before its request could be understood.
        case refuse(Refusal)
        /// `100 Continue`: the client waits with its body (RFC 9110 §10.1.1).
        case sendContinue
        case close
        case nothing
    }

    /// Why a request is not looked at.
    enum Refusal: Equatable {
        case malformed(String)
        case headTooLarge
        case bodyTooLarge
        case expectation(String)
        case version(String)
    }

    /// What the client is expected to do next.
    enum Phase: Equatable {
        case idle
        case head
        case body
        case responding
    }

    private enum Item: Equatable {
        case request(Request, keepAlive: Bool)
        case refusal(Refusal)
    }

    private struct Reading: Equatable {
        let request: Request
        let keepAlive: Bool
        var count = 0
        /// `100 Continue` is owed once it is this request's turn.
        var owesContinue: Bool
    }

    private let bodyLimit: Int
    private var queue = CircularBuffer<Item>()
    private var reading: Reading?
    private var isResponding = false
    /// No further request is taken.
    private(set) var isClosing = false

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    /// Whether the socket may be read.
    var wantsInput: Bool { self.queue.isEmpty }

    var phase: Phase {
        if self.isResponding { return .responding }
        return self.reading == nil ? .idle : .body
    }

    mutating func head(_ request: Request, keepAlive: Bool) -> Action {
        guard !self.isClosing else { return .nothing }
        guard request.version.major == 1 else { return self.refuse(.version("\(request.version)")) }
        let expectation = request.fields["Expect"]
        if let expectation, !expectation.equalsIgnoringCase("100-continue") {
            return self.refuse(.expectation(expectation))
        }
        let owes = expectation != nil && request.version >= .http1_1
        self.reading = Reading(request: request, keepAlive: keepAlive, owesContinue: owes)
        return self.continueIfOwed()
    }

    mutating func body(count: Int) -> Action {
        guard !self.isClosing, self.reading != nil else { return .nothing }
        self.reading?.count += count
        guard let reading = self.reading, reading.count <= self.bodyLimit else {
            return self.refuse(.bodyTooLarge)
        }
        self.reading?.owesContinue = false
        return .nothing
    }

    mutating func end() -> Action {
        guard !self.isClosing, let reading = self.reading else { return .nothing }
        self.reading = nil
        self.queue.append(.request(reading.request, keepAlive: reading.keepAlive))
        return self.next()
    }

    /// The bytes are no HTTP, or too many.
    mutating func refuse(_ refusal: Refusal) -> Action {
        guard !self.isClosing else { return .nothing }
        self.isClosing = true
        self.reading = nil
        self.queue.append(.refusal(refusal))
        return self.next()
    }

    /// A response is over.
    mutating func responded(keepAlive: Bool) -> Action {
        precondition(self.isResponding, "a response ended that had not begun")
        self.isResponding = false
        guard keepAlive else {
            self.isClosing = true
            self.queue.removeAll()
            return .close
        }
        let action = self.next()
        if action == .nothing, self.isClosing { return .close }
        return action == .nothing ? self.continueIfOwed() : action
    }

    /// The client sends nothing any more; what it asked for is still answered.
    mutating func inputClosed() -> Action {
        let wasIdle = !self.isResponding && self.queue.isEmpty
        self.isClosing = true
        self.reading = nil
        return wasIdle ? .close : .nothing
    }

    private mutating func next() -> Action {
        guard !self.isResponding, let item = self.queue.popFirst() else { return .nothing }
        self.isResponding = true
        switch item {
        case .request(let request, let keepAlive):
            return .respond(request, keepAlive: keepAlive)
        case .refusal(let refusal):
            return .refuse(refusal)
        }
    }

    private mutating func continueIfOwed() -> Action {
        guard !self.isResponding, self.reading?.owesContinue == true else { return .nothing }
        self.reading?.owesContinue = false
        return .sendContinue
    }
}
