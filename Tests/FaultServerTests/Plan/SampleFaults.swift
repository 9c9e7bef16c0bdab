import FaultKit
import FaultServer
import NIOCore

/// Faults with the names and knobs of the real ones and nothing behind them.
enum Sample {
    static let catalogue = Catalogue([
        Truncate.self, Throttle.self, Stall.self, Flip.self, WrongName.self, Expired.self,
        CorruptImage.self,
        Status.self, WrongLength.self, Tear.self, Sulk.self,
    ])

    struct Truncate: StreamFault {
        static let manual = Manual(
            name: "truncate", summary: "stops sending at a place in the stream",
            requirement: "The client notices the missing bytes and never boots what it has.",
            knobs: [.init("at", "place"), .init("ending", "how it ends")],
            example: ["at": "40%", "ending": "cut"])
        let at: Offset
        let ending: Ending
        init(_ knobs: inout Knobs) throws {
            self.at = try knobs.read("at")
            self.ending = try knobs.read("ending", default: .cut)
        }
        func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {}
    }

    /// Has no list of knobs in its manual, so that they are known from reading alone.
    struct Throttle: StreamFault {
        static let manual = Manual(
            name: "throttle", summary: "sends at a limited rate",
            requirement: "The client goes on as long as bytes come.", example: ["rate": "64KiB/s"])
        let rate: Rate
        let from: Offset
        init(_ knobs: inout Knobs) throws {
            self.rate = try knobs.read("rate")
            self.from = try knobs.read("from", default: .bytes(0))
        }
        func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {}
    }

    struct Stall: StreamFault {
        static let manual = Manual(
            name: "stall", summary: "falls silent at a place in the stream",
            requirement: "The client gives up after a time of its own.",
            example: ["at": "50%", "for": "30s"])
        let at: Offset
        let time: TimeAmount?
        init(_ knobs: inout Knobs) throws {
            self.at = try knobs.read("at")
            self.time = try knobs.readIfSet("for")
        }
        func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {}
    }

    struct Flip: StreamFault {
        static let manual = Manual(
            name: "flip", summary: "changes bytes on their way",
            requirement: "The client verifies the image and never boots it.",
            example: ["at": "50%"])
        let at: [Offset]
        let bit: Int
        init(_ knobs: inout Knobs) throws {
            self.at = try knobs.readList("at")
            self.bit = try knobs.read("bit")
        }
        func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {}
    }

    struct WrongName: HandshakeFault {
        static let manual = Manual(
            name: "wrong-name", summary: "presents a certificate for another name",
            requirement: "The client refuses the certificate and sends no request.",
            example: ["name": "wrong.example.test"])
        let name: String
        init(_ knobs: inout Knobs) throws {
            self.name = try knobs.read("name", default: "wrong.example.test")
        }
        func edit(_ handshake: inout Handshake, using dice: inout Dice) {}
    }

    struct Expired: HandshakeFault {
        static let manual = Manual(
            name: "expired", summary: "presents a certificate whose time is over",
            requirement: "The client refuses the certificate and sends no request.",
            example: ["by": "1d"])
        let by: TimeAmount
        init(_ knobs: inout Knobs) throws { self.by = try knobs.read("by", default: .hours(24)) }
        func edit(_ handshake: inout Handshake, using dice: inout Dice) {}
    }

    struct CorruptImage: ImageFault {
        static let manual = Manual(
            name: "corrupt-image", summary: "changes bytes of the image",
            requirement: "The client verifies the image and never boots it.", example: ["at": "50%"]
        )
        let at: [Offset]
        let count: Int
        init(_ knobs: inout Knobs) throws {
            self.at = try knobs.readList("at")
            self.count = try knobs.read("count", default: 1)
        }
        func edit(_ image: inout Image, using dice: inout Dice) throws {}
    }

    struct Status: ResponseFault {
        static let manual = Manual(
            name: "status", summary: "answers with a status of its own",
            requirement: "The client takes nothing of the body for firmware.",
            example: ["code": "503"])
        let code: Int
        let reason: String?
        let body: String?
        init(_ knobs: inout Knobs) throws {
            self.code = try knobs.read("code")
            self.reason = try knobs.readIfSet("reason")
            self.body = try knobs.readIfSet("body")
        }
        func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {}
    }

    /// One knob rules out another.
    struct WrongLength: ResponseFault {
        static let manual = Manual(
            name: "wrong-length", summary: "announces another length",
            requirement: "The client believes the bytes, not the announcement.",
            knobs: [.init("by", "bytes more"), .init("length", "the length")],
            example: ["by": "1"])
        let value: Int
        init(_ knobs: inout Knobs) throws {
            if let length = try knobs.readIfSet("length", as: Int.self) {
                self.value = length
            } else {
                self.value = try knobs.read("by")
            }
        }
        func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {}
    }

    struct Tear: StreamFault {
        static let manual = Manual(
            name: "tear", summary: "tears a TLS record in two", requirement: "The client goes on.")
        static let unit = StreamUnit.record
        init(_ knobs: inout Knobs) throws {}
        func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {}
    }

    /// Cannot be pleased.
    struct Sulk: ResponseFault {
        struct Refusal: Error, CustomStringConvertible { let description = "not today" }
        static let manual = Manual(
            name: "sulk", summary: "sulks", requirement: "The client shrugs.",
            example: ["mood": "foul"])
        init(_ knobs: inout Knobs) throws {
            if try knobs.readIfSet("mood", as: String.self) == "dark" { throw Refusal() }
            throw KnobError(knob: "mood", "no mood will do")
        }
        func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {}
    }
}

extension Rule {
    static func sample(_ line: String) throws -> Rule {
        try Rule.parse(line, catalogue: Sample.catalogue)
    }
}

extension Plan {
    static func sample(_ lines: String..., seed: UInt64 = 1) throws -> Plan {
        Plan(profiles: [], rules: try lines.map(Rule.sample), seed: seed)
    }
}
