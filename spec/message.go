package spec

// Message is what a record carries: a handshake message by its type
// (RFC 5246, Section 7.4), ChangeCipherSpec, an alert or application data.
//
// The three last ones are not messages of the RFCs. They name what an endpoint
// may read instead of one: EmptyHandshake is a handshake record without
// content, Garbage a protected record that arrives where no keys are active,
// EndOfStream the end of the transport.
type Message uint8

// The messages, in the order of a full handshake.
const (
	NoMessage Message = iota
	HelloRequest
	ClientHello
	ServerHello
	Certificate
	ServerKeyExchange
	CertificateRequest
	ServerHelloDone
	ClientKeyExchange
	CertificateVerify
	NewSessionTicket
	ChangeCipherSpec
	Finished
	Alert
	ApplicationData
	EmptyHandshake
	Garbage
	EndOfStream

	// Messages counts the values above.
	Messages = int(EndOfStream) + 1
)

var messageNames = []string{
	NoMessage: "NoMessage", HelloRequest: "HelloRequest", ClientHello: "ClientHello", ServerHello: "ServerHello",
	Certificate: "Certificate", ServerKeyExchange: "ServerKeyExchange", CertificateRequest: "CertificateRequest",
	ServerHelloDone: "ServerHelloDone", ClientKeyExchange: "ClientKeyExchange", CertificateVerify: "CertificateVerify",
	NewSessionTicket: "NewSessionTicket", ChangeCipherSpec: "ChangeCipherSpec", Finished: "Finished", Alert: "Alert",
	ApplicationData: "ApplicationData", EmptyHandshake: "EmptyHandshake", Garbage: "Garbage", EndOfStream: "EndOfStream",
}

// String returns the message's name in the RFC.
func (m Message) String() string { return nameOf(messageNames, int(m), "Message") }

// ParseMessage is the inverse of [Message.String].
func ParseMessage(s string) (Message, error) {
	i, err := parseName(messageNames, s, "message")
	return Message(i), err
}

// HandshakeType returns the handshake type octet (RFC 5246, Section 7.4;
// RFC 5077, Section 3.3), and false for what is no handshake message.
func (m Message) HandshakeType() (uint8, bool) {
	for _, h := range handshakeTypes {
		if h.message == m {
			return h.octet, true
		}
	}
	return 0, false
}

// HandshakeMessage is the inverse of [Message.HandshakeType]. It returns
// NoMessage for an octet that TLS 1.2 does not define.
func HandshakeMessage(octet uint8) Message {
	for _, h := range handshakeTypes {
		if h.octet == octet {
			return h.message
		}
	}
	return NoMessage
}

var handshakeTypes = [...]struct {
	octet   uint8
	message Message
}{
	{0, HelloRequest}, {1, ClientHello}, {2, ServerHello}, {4, NewSessionTicket}, {11, Certificate},
	{12, ServerKeyExchange}, {13, CertificateRequest}, {14, ServerHelloDone}, {15, CertificateVerify},
	{16, ClientKeyExchange}, {20, Finished},
}

// ContentType is the record layer's type octet (RFC 5246, Section 6.2.1).
type ContentType uint8

// The four content types of TLS 1.0 to 1.2.
const (
	ContentChangeCipherSpec ContentType = 20
	ContentAlert            ContentType = 21
	ContentHandshake        ContentType = 22
	ContentApplicationData  ContentType = 23
)

// ContentType returns the type of the record that carries m.
func (m Message) ContentType() ContentType {
	switch m {
	case ChangeCipherSpec:
		return ContentChangeCipherSpec
	case Alert:
		return ContentAlert
	case ApplicationData:
		return ContentApplicationData
	}
	return ContentHandshake
}
