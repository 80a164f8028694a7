impl Add for Basic {}
const _: () = {
    fn mount(routes: &mut ::kit::__private::Routes) {
        let service: Basic = Basic::new(3);
        <Basic as Add>::__kit_mount(service, routes);
    }
    ::kit::__private::inventory::submit! {
        ::kit::__private::Registration::new("Basic", mount)
    }
};
