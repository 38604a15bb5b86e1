module github.com/sesame-tls/sesame

go 1.26
