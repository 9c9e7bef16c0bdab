import FaultKit
import NIOCore

@testable import FaultServer

/// Asks an origin and reads what it answers.
struct OriginClient {
    /// The time of all requests: Wed, 16 Sep 2026 18:40:00 GMT or so; later than any image here.
    static let now = 1_790_000_000
    /// When the images in memory claim to be from.
    static let modified = 784_111_777

    let origin: Origin
    /// Kept as long as it is asked for.
    private let folder: ServedFolder?

    init(_ content: Content, in folder: ServedFolder? = nil) {
        self.origin = Origin(content)
        self.folder = folder
    }

    /// An origin of one image in memory, served as `/firmware.bin`.
    init(bytes: [UInt8]) throws {
        var content = Content()
        try content.offer(Image(name: "firmware.bin", bytes: bytes), modified: Self.modified)
        self.init(content)
    }

    init(_ folder: ServedFolder) throws {
        self.init(Content(root: try Root(folder.root)), in: folder)
    }

    func ask(
        _ target: String, _ fields: Fields = [:], method: String = "GET",
        now: Int = Self.now, edit: (inout Image) throws -> Void = { _ in }
    ) -> Response {
        let all = Fields([Field("Host", "localhost:8070")] + fields.list)
        let request = Request(method: method, target: target, fields: all)
        return self.answer(request, at: AnswerDate(seconds: now), edit: edit)
    }

    /// Edits the content as image faults would, before it is answered with.
    func answer(
        _ request: Request, at now: AnswerDate, edit: (inout Image) throws -> Void = { _ in }
    ) -> Response {
        var found = self.origin.find(request, at: now)
        if case .content(var content) = found {
            do {
                try edit(&content.image)
                found = .content(content)
            } catch {
                found = .refused(.failed("\(error)"))
            }
        }
        return self.origin.answer(request, with: found, at: now)
    }

    /// Status, without the rest.
    func status(_ target: String, _ fields: Fields = [:], method: String = "GET") -> Int {
        self.ask(target, fields, method: method).status
    }
}

extension Body {
    /// All bytes, read from images where they lie.
    func rendered() throws -> [UInt8] {
        try self.parts.flatMap { part in
            switch part {
            case .bytes(let bytes): Array(bytes.readableBytesView)
            case .image(let image, let range): try image.bytes(in: range)
            }
        }
    }

    var string: String {
        get throws { String(decoding: try self.rendered(), as: UTF8.self) }
    }
}
